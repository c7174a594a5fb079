#include "engine/tokenizer/detail/decoder.h"

#include <optional>

#include "engine/tokenizer/detail/normalizer.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

std::string replacedLiteral(std::string_view text, std::string_view what, std::string_view by) {
    std::string result;
    std::size_t done = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, done)) {
        result += text.substr(done, at - done);
        result += by;
        done = at + what.size();
    }
    return result += text.substr(done);
}

std::optional<char> byteOf(std::string_view token) {
    const auto digit = [](char character) {
        if (character >= '0' && character <= '9')
            return character - '0';
        const char upper = static_cast<char>(character & ~0x20);
        return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
    };
    if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>' || digit(token[3]) < 0 ||
        digit(token[4]) < 0)
        return std::nullopt;
    return static_cast<char>(digit(token[3]) * 16 + digit(token[4]));
}

} // namespace

Decoder::Tokens ByteLevelDecoder::apply(Tokens tokens) const {
    std::string bytes;
    for (const std::string& token : tokens) {
        if (isValidUtf8(token))
            appendFromByteLevel(bytes, token);
        else // bytes already, from a step before
            bytes += token;
    }
    return {bytes};
}

Decoder::Tokens ByteFallbackDecoder::apply(Tokens tokens) const {
    for (std::string& token : tokens)
        if (const auto byte = byteOf(token))
            token = std::string(1, *byte);
    return tokens;
}

Decoder::Tokens FuseDecoder::apply(Tokens tokens) const {
    std::string text;
    for (const std::string& token : tokens)
        text += token;
    return {text};
}

Decoder::Tokens StripDecoder::apply(Tokens tokens) const {
    for (std::string& token : tokens) {
        std::string_view rest = token;
        for (std::size_t count = 0; count < m_start && rest.starts_with(m_content); ++count)
            rest.remove_prefix(m_content.size());
        for (std::size_t count = 0; count < m_stop && rest.ends_with(m_content); ++count)
            rest.remove_suffix(m_content.size());
        token = std::string(rest);
    }
    return tokens;
}

Decoder::Tokens ReplaceDecoder::apply(Tokens tokens) const {
    for (std::string& token : tokens)
        token = replacedAll(isValidUtf8(token) ? token : repairedUtf8(token), m_pattern, m_content);
    return tokens;
}

Decoder::Tokens MetaspaceDecoder::apply(Tokens tokens) const {
    for (std::size_t index = 0; index < tokens.size(); ++index)
        tokens[index] = replacedLiteral(tokens[index], m_replacement, index == 0 && m_dropFirst ? "" : " ");
    return tokens;
}

Decoder::Tokens WordSuffixDecoder::apply(Tokens tokens) const {
    for (std::size_t index = 0; index < tokens.size() && !m_suffix.empty(); ++index)
        tokens[index] = replacedLiteral(tokens[index], m_suffix, index + 1 == tokens.size() ? "" : " ");
    return tokens;
}

Decoder::Tokens SpaceDecoder::apply(Tokens tokens) const {
    std::string text;
    for (std::size_t index = 0; index < tokens.size(); ++index) {
        if (index > 0)
            text += ' ';
        text += tokens[index];
    }
    return {text};
}

Decoder::Tokens DecoderSequence::apply(Tokens tokens) const {
    for (const auto& step : m_steps)
        tokens = step->apply(std::move(tokens));
    return tokens;
}

} // namespace ropescope::detail
