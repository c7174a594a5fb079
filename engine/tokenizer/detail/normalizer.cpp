#include "engine/tokenizer/detail/normalizer.h"

namespace ropescope::detail {

std::string replacedAll(std::string_view text, const Regex& pattern, std::string_view content) {
    std::string result;
    result.reserve(text.size());
    std::size_t done = 0;
    pattern.eachMatch(text, [&](std::size_t begin, std::size_t end) {
        result += text.substr(done, begin - done);
        result += content;
        done = end;
    });
    result += text.substr(done);
    return result;
}

std::string FormNormalizer::apply(std::string text) const {
    return normalized(text, m_form);
}

std::string LowercaseNormalizer::apply(std::string text) const {
    return lowercased(text);
}

std::string StripAccentsNormalizer::apply(std::string text) const {
    return withoutMarks(text);
}

std::string ByteLevelNormalizer::apply(std::string text) const {
    std::string result;
    appendByteLevel(result, text);
    return result;
}

std::string StripNormalizer::apply(std::string text) const {
    std::size_t begin = 0;
    std::size_t end = text.size();
    for (std::size_t next = begin; m_left && next < end && isWhitespace(nextCharacter(text, next));)
        begin = next;
    while (m_right && end > begin && isWhitespace(lastCharacter(std::string_view(text).substr(0, end))))
        end = previousStart(text, end);
    return text.substr(begin, end - begin);
}

std::string PrependNormalizer::apply(std::string text) const {
    return text.empty() ? text : m_prefix + text;
}

std::string ReplaceNormalizer::apply(std::string text) const {
    return replacedAll(text, m_pattern, m_content);
}

std::string NormalizerSequence::apply(std::string text) const {
    for (const auto& step : m_steps)
        text = step->apply(std::move(text));
    return text;
}

} // namespace ropescope::detail
