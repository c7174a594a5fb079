#include "engine/tokenizer/detail/bpe.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <queue>

#include <fmt/format.h>

#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

constexpr std::size_t longestCachedWord = 256;
constexpr std::size_t shortWord = 48; // up to here scanning all pairs beats a queue
constexpr std::size_t plainCodes = 0x10000;
constexpr std::uint32_t noMerge = std::numeric_limits<std::uint32_t>::max();

std::uint64_t pairKey(TokenId left, TokenId right) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) | static_cast<std::uint32_t>(right);
}

std::uint64_t scattered(std::uint64_t key) {
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15ULL;
    return key ^ (key >> 29);
}

} // namespace

bool Vocabulary::add(std::string_view token, TokenId id) {
    const auto index = static_cast<std::size_t>(id);
    if (index >= m_tokens.size())
        m_tokens.resize(index + 1);
    if (m_tokens[index])
        return false;
    m_tokens[index] = token;
    m_ids.insert_or_assign(std::string(token), id);
    return true;
}

std::optional<TokenId> Vocabulary::find(std::string_view token) const {
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

const std::string* Vocabulary::token(TokenId id) const {
    if (id < 0 || id >= size() || !m_tokens[static_cast<std::size_t>(id)])
        return nullptr;
    return &*m_tokens[static_cast<std::size_t>(id)];
}

void Vocabulary::reserve(std::size_t count) {
    m_tokens.reserve(count);
    m_ids.reserve(count);
}

const std::vector<TokenId>* WordCache::find(std::string_view word) const {
    const auto found = m_words.find(word);
    return found == m_words.end() ? nullptr : &found->second;
}

void WordCache::add(std::string_view word, const TokenId* begin, const TokenId* end) {
    m_words.emplace(word, std::vector<TokenId>(begin, end));
}

void Bpe::PairTable::build(const std::vector<Merge>& merges) {
    m_slots.assign(std::bit_ceil(std::max<std::size_t>(merges.size() * 2, 16)), Entry());
    m_mask = m_slots.size() - 1;
    for (const Merge& merge : merges) {
        const std::uint64_t key = pairKey(merge.left, merge.right);
        std::uint64_t slot = scattered(key) & m_mask;
        while (m_slots[slot].result >= 0 && m_slots[slot].pair != key)
            slot = (slot + 1) & m_mask;
        m_slots[slot] = {key, merge.rank, merge.result};
    }
}

const Bpe::PairTable::Entry* Bpe::PairTable::find(TokenId left, TokenId right) const {
    const std::uint64_t key = pairKey(left, right);
    for (std::uint64_t slot = scattered(key) & m_mask; m_slots[slot].result >= 0; slot = (slot + 1) & m_mask)
        if (m_slots[slot].pair == key)
            return &m_slots[slot];
    return nullptr;
}

Bpe::Bpe(Vocabulary vocabulary, const std::vector<Merge>& merges, BpeOptions options)
    : m_vocabulary(std::move(vocabulary)), m_options(std::move(options)) {
    m_pairs.build(merges);
    buildCharacterTable();
    buildBoundaries(merges);
}

void Bpe::buildCharacterTable() {
    m_characters.assign(plainCodes, -1);
    for (TokenId id = 0; id < m_vocabulary.size(); ++id) {
        const std::string* token = m_vocabulary.token(id);
        if (!token || token->empty() || utf8Length(token->front()) != token->size())
            continue;
        std::size_t position = 0;
        const char32_t code = nextCharacter(*token, position);
        if (code < plainCodes && m_vocabulary.find(*token) == id)
            m_characters[code] = id;
    }
    m_byteTokens.assign(256, -1);
    for (unsigned byte = 0; byte < 256; ++byte)
        m_byteTokens[byte] = m_vocabulary.find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
}

// Two neighbouring characters x y can only end up in one token when some merge has a left part that ends with x
// and a right part that begins with y. Where none has, a word falls into parts that are merged each for itself
// and remembered: a whole book as one SentencePiece "word" becomes its words again. Tokens that stand for
// something else than their own characters (bytes, the unknown token) must not take part in merges for that.
void Bpe::buildBoundaries(const std::vector<Merge>& merges) {
    if (!m_options.continuingPrefix.empty() || !m_options.wordSuffix.empty())
        return;
    std::vector<char> standsForOther(static_cast<std::size_t>(m_vocabulary.size()), 0);
    if (m_options.byteFallback)
        for (const TokenId id : m_byteTokens)
            if (id >= 0)
                standsForOther[static_cast<std::size_t>(id)] = 1;
    if (m_options.unknown)
        standsForOther[static_cast<std::size_t>(*m_options.unknown)] = 1;
    const auto isOther = [&](TokenId id) { return standsForOther[static_cast<std::size_t>(id)] != 0; };
    const auto idOf = [&](std::string_view character) {
        std::size_t position = 0;
        return characterId(character, nextCharacter(character, position));
    };
    std::vector<Merge> joints;
    for (const Merge& merge : merges) {
        if (isOther(merge.left) || isOther(merge.right) || isOther(merge.result))
            return;
        const std::string* leftText = m_vocabulary.token(merge.left);
        const std::string* rightText = m_vocabulary.token(merge.right);
        if (!leftText || !rightText)
            return;
        const std::string_view left = *leftText;
        const std::string_view right = *rightText;
        const auto x = idOf(left.substr(previousStart(left, left.size())));
        const auto y = idOf(right.substr(0, utf8Length(right.front())));
        if (x && y) // else a part that no text produces
            joints.push_back({*x, *y, 0, 0});
    }
    m_joints.build(joints);
    m_divisible = true;
}

std::optional<TokenId> Bpe::characterId(std::string_view character, char32_t code) const {
    if (code >= plainCodes)
        return m_vocabulary.find(character);
    return m_characters[code] < 0 ? std::nullopt : std::optional(m_characters[code]);
}

bool Bpe::appendBytes(std::string_view character, std::vector<TokenId>& ids) const {
    for (const char byte : character)
        if (m_byteTokens[static_cast<unsigned char>(byte)] < 0)
            return false;
    for (const char byte : character)
        ids.push_back(m_byteTokens[static_cast<unsigned char>(byte)]);
    return true;
}

void Bpe::initialIds(std::string_view word, std::vector<TokenId>& ids) const {
    const bool decorated = !m_options.continuingPrefix.empty() || !m_options.wordSuffix.empty();
    bool unknownPending = false; // written before the next known character, as Hugging Face does
    std::string spelled;
    for (std::size_t position = 0; position < word.size();) {
        const std::size_t begin = position;
        const char32_t code = nextCharacter(word, position);
        std::string_view character = word.substr(begin, position - begin);
        if (decorated) {
            spelled = begin > 0 ? m_options.continuingPrefix : std::string();
            spelled += character;
            if (position == word.size())
                spelled += m_options.wordSuffix;
            character = spelled;
        }
        const auto id = decorated ? m_vocabulary.find(character) : characterId(character, code);
        if (id) {
            if (unknownPending)
                ids.push_back(*m_options.unknown);
            unknownPending = false;
            ids.push_back(*id);
        } else if (!(m_options.byteFallback && appendBytes(character, ids)) && m_options.unknown) {
            if (unknownPending && !m_options.fuseUnknown)
                ids.push_back(*m_options.unknown);
            unknownPending = true;
        }
    }
    if (unknownPending)
        ids.push_back(*m_options.unknown);
}

void Bpe::encode(std::string_view word, WordCache& cache, std::vector<TokenId>& ids) const {
    const bool cached = word.size() <= longestCachedWord;
    if (cached) {
        if (const auto* known = cache.find(word)) {
            ids.insert(ids.end(), known->begin(), known->end());
            return;
        }
    }
    const std::size_t before = ids.size();
    const auto whole = m_options.ignoreMerges ? m_vocabulary.find(word) : std::nullopt;
    if (whole) {
        ids.push_back(*whole);
    } else {
        std::vector<TokenId> symbols;
        symbols.reserve(word.size());
        initialIds(word, symbols);
        if (symbols.size() > shortWord && m_divisible)
            mergeParts(symbols, cache, ids);
        else
            mergeAll(symbols.data(), symbols.data() + symbols.size(), ids);
    }
    if (cached)
        cache.add(word, ids.data() + before, ids.data() + ids.size());
}

void Bpe::mergeParts(const std::vector<TokenId>& symbols, WordCache& cache, std::vector<TokenId>& ids) const {
    const TokenId* end = symbols.data() + symbols.size();
    for (const TokenId* begin = symbols.data(); begin != end;) {
        const TokenId* stop = begin + 1;
        while (stop != end && m_joints.find(stop[-1], *stop))
            ++stop;
        // Parts are remembered by their symbols, behind a byte that no word begins with.
        std::string key = "\xFF";
        key.append(reinterpret_cast<const char*>(begin), static_cast<std::size_t>(stop - begin) * sizeof(TokenId));
        if (const auto* known = key.size() <= longestCachedWord ? cache.find(key) : nullptr) {
            ids.insert(ids.end(), known->begin(), known->end());
        } else {
            const std::size_t before = ids.size();
            mergeAll(begin, stop, ids);
            if (key.size() <= longestCachedWord)
                cache.add(key, ids.data() + before, ids.data() + ids.size());
        }
        begin = stop;
    }
}

void Bpe::mergeAll(const TokenId* begin, const TokenId* end, std::vector<TokenId>& ids) const {
    std::vector<TokenId> symbols(begin, end);
    if (symbols.size() <= shortWord)
        mergeShort(symbols);
    else
        mergeLong(symbols);
    ids.insert(ids.end(), symbols.begin(), symbols.end());
}

void Bpe::mergeShort(std::vector<TokenId>& symbols) const {
    std::uint32_t ranks[shortWord];
    TokenId results[shortWord];
    std::size_t size = symbols.size();
    const auto look = [&](std::size_t index) {
        const auto* entry = index + 1 < size ? m_pairs.find(symbols[index], symbols[index + 1]) : nullptr;
        ranks[index] = entry ? entry->rank : noMerge;
        results[index] = entry ? entry->result : -1;
    };
    for (std::size_t index = 0; index < size; ++index)
        look(index);
    while (size > 1) {
        const auto best = static_cast<std::size_t>(std::min_element(ranks, ranks + size - 1) - ranks);
        if (results[best] < 0)
            break;
        symbols[best] = results[best];
        --size;
        for (std::size_t index = best + 1; index < size; ++index) {
            symbols[index] = symbols[index + 1];
            ranks[index] = ranks[index + 1];
            results[index] = results[index + 1];
        }
        look(best);
        if (best > 0)
            look(best - 1);
    }
    symbols.resize(size);
}

// A queue of possible merges over a linked list of symbols. A queued merge whose pair has changed meanwhile is
// recognised by the token it would make and dropped.
void Bpe::mergeLong(std::vector<TokenId>& symbols) const {
    struct Node {
        std::int64_t previous;
        std::int64_t next; // -1: none
    };
    struct Candidate {
        std::uint32_t rank;
        TokenId result;
        std::int64_t position;
        bool operator<(const Candidate& other) const { // the queue's top is its largest
            return rank != other.rank ? rank > other.rank : position > other.position;
        }
    };
    const auto size = static_cast<std::int64_t>(symbols.size());
    std::vector<Node> nodes(symbols.size());
    std::vector<Candidate> candidates;
    const auto at = [&](std::int64_t index) -> TokenId& { return symbols[static_cast<std::size_t>(index)]; };
    const auto node = [&](std::int64_t index) -> Node& { return nodes[static_cast<std::size_t>(index)]; };
    for (std::int64_t index = 0; index < size; ++index) {
        node(index) = {index - 1, index + 1 < size ? index + 1 : -1};
        if (index + 1 < size)
            if (const auto* entry = m_pairs.find(at(index), at(index + 1)))
                candidates.push_back({entry->rank, entry->result, index});
    }
    std::priority_queue<Candidate> queue(std::less<Candidate>(), std::move(candidates));
    const auto consider = [&](std::int64_t left, std::int64_t right) {
        if (left < 0 || right < 0)
            return;
        if (const auto* entry = m_pairs.find(at(left), at(right)))
            queue.push({entry->rank, entry->result, left});
    };
    while (!queue.empty()) {
        const Candidate top = queue.top();
        queue.pop();
        const std::int64_t right = node(top.position).next;
        if (at(top.position) < 0 || right < 0)
            continue;
        const auto* entry = m_pairs.find(at(top.position), at(right));
        if (!entry || entry->result != top.result)
            continue;
        at(top.position) = top.result;
        at(right) = -1;
        const std::int64_t after = node(right).next;
        node(top.position).next = after;
        if (after >= 0)
            node(after).previous = top.position;
        consider(node(top.position).previous, top.position);
        consider(top.position, after);
    }
    std::erase_if(symbols, [](TokenId id) { return id < 0; });
}

} // namespace ropescope::detail
