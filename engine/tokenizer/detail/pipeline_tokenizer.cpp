#include "engine/tokenizer/detail/pipeline_tokenizer.h"

#include <algorithm>
#include <limits>
#include <new>

#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
std::vector<TokenId> filled(const Template& around, const std::vector<TokenId>& ids) {
    std::vector<TokenId> result;
    result.reserve(ids.size() + around.size());
    for (const auto& item : around) {
        if (item)
            result.push_back(*item);
        else
            result.insert(result.end(), ids.begin(), ids.end());
    }
    return result;
}

PipelineTokenizer::PipelineTokenizer(PipelineParts parts) : m_parts(std::move(parts)) {
    std::vector<AddedToken> raw, normalizedTokens;
    std::vector<std::string> rawPatterns, normalizedPatterns;
    m_size = m_parts.model->vocabulary().size();
    // Of two tokens with the same pattern the special one is found, as in Hugging Face's order.
    std::vector<AddedToken> ordered = m_parts.addedTokens;
    std::stable_partition(ordered.begin(), ordered.end(), [](const AddedToken& token) { return token.special; });
    for (AddedToken& token : ordered) {
        m_addedContent.emplace(token.id, token.content);
        m_size = std::max(m_size, token.id + 1);
        const std::string pattern = token.normalized && m_parts.normalizer && !token.content.empty()
                                        ? m_parts.normalizer->apply(token.content)
                                        : token.content;
        (token.normalized ? normalizedPatterns : rawPatterns).push_back(pattern);
        (token.normalized ? normalizedTokens : raw).push_back(std::move(token));
    }
    m_rawMatcher = AddedTokenMatcher(std::move(raw), rawPatterns);
    m_normalizedMatcher = AddedTokenMatcher(std::move(normalizedTokens), normalizedPatterns);
}

Result<std::vector<TokenId>> PipelineTokenizer::encode(std::string_view text, const EncodeOptions& options) const {
    if (text.size() > std::numeric_limits<std::int32_t>::max() / 4)
        return fail(usageError("a text to tokenise must be shorter than 512 MiB; split it into documents"));
    try {
        return isValidUtf8(text) ? encodeValid(text, options) : encodeValid(repairedUtf8(text), options);
    } catch (const Malformed& problem) {
        return fail(problem.error());
    } catch (const std::bad_alloc&) {
        return fail(failure("not enough memory to tokenise the text; split it into documents"));
    }
}

std::vector<TokenId> PipelineTokenizer::encodeValid(std::string_view text, const EncodeOptions& options) const {
    std::vector<TokenId> ids;
    WordCache cache;
    for (const AddedSplit& split : m_rawMatcher.split(text, options.parseSpecial)) {
        if (split.id)
            ids.push_back(*split.id);
        else
            encodeSegment(text.substr(split.begin, split.end - split.begin), split.begin == 0, options.parseSpecial,
                          cache, ids);
    }
    if (options.addSpecial)
        for (const Template& around : m_parts.templates)
            ids = filled(around, ids);
    return ids;
}

void PipelineTokenizer::encodeSegment(std::string_view text, bool opensText, bool parseSpecial, WordCache& cache,
                                      std::vector<TokenId>& ids) const {
    std::string changed;
    if (m_parts.normalizer) {
        changed = m_parts.normalizer->apply(std::string(text));
        text = changed;
    }
    for (const AddedSplit& split : m_normalizedMatcher.split(text, parseSpecial)) {
        if (split.id)
            ids.push_back(*split.id);
        else
            encodePlain(text.substr(split.begin, split.end - split.begin), opensText && split.begin == 0, cache, ids);
    }
}

void PipelineTokenizer::encodePlain(std::string_view text, bool opensText, WordCache& cache,
                                    std::vector<TokenId>& ids) const {
    if (!m_parts.preTokenizer) {
        m_parts.model->encode(text, cache, ids);
        return;
    }
    Pieces pieces;
    pieces.text = text;
    pieces.pieces.push_back({0, text.size(), opensText});
    m_parts.preTokenizer->apply(pieces);
    for (const Pieces::Piece& piece : pieces.pieces)
        m_parts.model->encode(pieces.view(piece), cache, ids);
}

std::string PipelineTokenizer::decode(const std::vector<TokenId>& ids) const {
    Decoder::Tokens tokens;
    tokens.reserve(ids.size());
    for (const TokenId id : ids) {
        const auto added = m_addedContent.find(id);
        const std::string* token =
            added != m_addedContent.end() ? &added->second : m_parts.model->vocabulary().token(id);
        if (token)
            tokens.push_back(*token);
    }
    std::string text;
    for (const std::string& part : m_parts.decoder->apply(std::move(tokens)))
        text += part;
    return text;
}

} // namespace ropescope::detail
