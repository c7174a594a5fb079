#include "engine/tokenizer/detail/added_tokens.h"

#include <algorithm>

#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

bool startsWithWord(std::string_view text) {
    std::size_t position = 0;
    return !text.empty() && isWord(nextCharacter(text, position));
}

bool endsWithWord(std::string_view text) {
    return !text.empty() && isWord(lastCharacter(text));
}

std::size_t withoutSpaceBefore(std::string_view text, std::size_t end) {
    while (end > 0 && isWhitespace(lastCharacter(text.substr(0, end))))
        end = previousStart(text, end);
    return end;
}

std::size_t withSpaceBehind(std::string_view text, std::size_t end) {
    for (std::size_t next = end; next < text.size() && isWhitespace(nextCharacter(text, next));)
        end = next;
    return end;
}

} // namespace

AddedTokenMatcher::AddedTokenMatcher(std::vector<AddedToken> tokens, const std::vector<std::string>& patterns)
    : m_tokens(std::move(tokens)), m_nodes(1) {
    for (std::size_t index = 0; index < m_tokens.size(); ++index)
        if (!patterns[index].empty())
            insert(patterns[index], static_cast<std::int32_t>(index));
}

std::int32_t AddedTokenMatcher::childOf(std::int32_t node, unsigned char byte) const {
    const auto& children = m_nodes[static_cast<std::size_t>(node)].children;
    const auto found = std::lower_bound(children.begin(), children.end(), std::pair(byte, std::int32_t{-1}));
    return found == children.end() || found->first != byte ? -1 : found->second;
}

void AddedTokenMatcher::insert(std::string_view pattern, std::int32_t token) {
    m_begins[static_cast<unsigned char>(pattern.front())] = true;
    std::int32_t node = 0;
    for (const char character : pattern) {
        const auto byte = static_cast<unsigned char>(character);
        std::int32_t child = childOf(node, byte);
        if (child < 0) {
            child = static_cast<std::int32_t>(m_nodes.size());
            m_nodes.emplace_back();
            auto& children = m_nodes[static_cast<std::size_t>(node)].children;
            const std::pair entry(byte, child);
            children.insert(std::lower_bound(children.begin(), children.end(), entry), entry);
        }
        node = child;
    }
    auto& last = m_nodes[static_cast<std::size_t>(node)].token;
    if (last < 0)
        last = token;
}

std::int32_t AddedTokenMatcher::longestAt(std::string_view text, std::size_t position, std::size_t& end) const {
    std::int32_t token = -1;
    std::int32_t node = 0;
    for (; position < text.size(); ++position) {
        node = childOf(node, static_cast<unsigned char>(text[position]));
        if (node < 0)
            break;
        if (m_nodes[static_cast<std::size_t>(node)].token >= 0) {
            token = m_nodes[static_cast<std::size_t>(node)].token;
            end = position + 1;
        }
    }
    return token;
}

std::vector<AddedSplit> AddedTokenMatcher::split(std::string_view text, bool parseSpecial) const {
    std::vector<AddedSplit> splits;
    std::size_t done = 0;
    for (std::size_t position = 0; position < text.size();) {
        std::size_t end = position + 1;
        const std::int32_t found =
            m_begins[static_cast<unsigned char>(text[position])] ? longestAt(text, position, end) : -1;
        const std::size_t begin = position;
        position = end; // a match that is discarded below still ends the search there
        if (found < 0)
            continue;
        const AddedToken& token = m_tokens[static_cast<std::size_t>(found)];
        if (token.special && !parseSpecial)
            continue;
        if (token.singleWord && (endsWithWord(text.substr(0, begin)) || startsWithWord(text.substr(end))))
            continue;
        const std::size_t start = token.leftStrip ? std::max(withoutSpaceBefore(text, begin), done) : begin;
        const std::size_t stop = token.rightStrip ? withSpaceBehind(text, end) : end;
        if (done < start)
            splits.push_back({std::nullopt, done, start});
        splits.push_back({token.id, start, stop});
        done = stop;
    }
    if (done < text.size())
        splits.push_back({std::nullopt, done, text.size()});
    return splits;
}

} // namespace ropescope::detail
