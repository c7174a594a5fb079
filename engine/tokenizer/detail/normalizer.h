// What is done to a text before it is cut: one type per rule of tokenizer.json.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tokenizer/detail/regex.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {

// Text in and out is valid UTF-8. Immutable.
class Normalizer {
public:
    virtual ~Normalizer() = default;
    [[nodiscard]] virtual std::string apply(std::string text) const = 0;
};

class FormNormalizer : public Normalizer {
public:
    explicit FormNormalizer(NormalForm form) : m_form(form) {}
    [[nodiscard]] std::string apply(std::string text) const override;

private:
    NormalForm m_form;
};

class LowercaseNormalizer : public Normalizer {
public:
    [[nodiscard]] std::string apply(std::string text) const override;
};

class StripAccentsNormalizer : public Normalizer {
public:
    [[nodiscard]] std::string apply(std::string text) const override;
};

class ByteLevelNormalizer : public Normalizer {
public:
    [[nodiscard]] std::string apply(std::string text) const override;
};

// White space off the ends.
class StripNormalizer : public Normalizer {
public:
    StripNormalizer(bool left, bool right) : m_left(left), m_right(right) {}
    [[nodiscard]] std::string apply(std::string text) const override;

private:
    bool m_left, m_right;
};

// A prefix for every text that is not empty.
class PrependNormalizer : public Normalizer {
public:
    explicit PrependNormalizer(std::string prefix) : m_prefix(std::move(prefix)) {}
    [[nodiscard]] std::string apply(std::string text) const override;

private:
    std::string m_prefix;
};

class ReplaceNormalizer : public Normalizer {
public:
    ReplaceNormalizer(Regex pattern, std::string content)
        : m_pattern(std::move(pattern)), m_content(std::move(content)) {}
    [[nodiscard]] std::string apply(std::string text) const override;

private:
    Regex m_pattern;
    std::string m_content;
};

class NormalizerSequence : public Normalizer {
public:
    explicit NormalizerSequence(std::vector<std::unique_ptr<Normalizer>> steps) : m_steps(std::move(steps)) {}
    [[nodiscard]] std::string apply(std::string text) const override;

private:
    std::vector<std::unique_ptr<Normalizer>> m_steps;
};

[[nodiscard]] std::string replacedAll(std::string_view text, const Regex& pattern, std::string_view content);

} // namespace ropescope::detail
