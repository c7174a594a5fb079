// How the tokens of a sequence become text again: one type per rule of tokenizer.json.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tokenizer/detail/regex.h"

namespace ropescope::detail {

// Rewrites the list of tokens; the text is what is left, joined. Immutable.
class Decoder {
public:
    using Tokens = std::vector<std::string>;
    virtual ~Decoder() = default;
    [[nodiscard]] virtual Tokens apply(Tokens tokens) const = 0;
};

// Printable characters back to the bytes they stand for.
class ByteLevelDecoder : public Decoder {
public:
    [[nodiscard]] Tokens apply(Tokens tokens) const override;
};

// <0xNN> tokens to their bytes, the bytes as they are (they may not be UTF-8).
class ByteFallbackDecoder : public Decoder {
public:
    [[nodiscard]] Tokens apply(Tokens tokens) const override;
};

class FuseDecoder : public Decoder {
public:
    [[nodiscard]] Tokens apply(Tokens tokens) const override;
};

// Up to so many copies of a character off the ends of every token.
class StripDecoder : public Decoder {
public:
    StripDecoder(std::string content, std::size_t start, std::size_t stop)
        : m_content(std::move(content)), m_start(start), m_stop(stop) {}
    [[nodiscard]] Tokens apply(Tokens tokens) const override;

private:
    std::string m_content;
    std::size_t m_start, m_stop;
};

class ReplaceDecoder : public Decoder {
public:
    ReplaceDecoder(Regex pattern, std::string content) : m_pattern(std::move(pattern)), m_content(std::move(content)) {}
    [[nodiscard]] Tokens apply(Tokens tokens) const override;

private:
    Regex m_pattern;
    std::string m_content;
};

class MetaspaceDecoder : public Decoder {
public:
    MetaspaceDecoder(std::string replacement, bool dropFirst)
        : m_replacement(std::move(replacement)), m_dropFirst(dropFirst) {}
    [[nodiscard]] Tokens apply(Tokens tokens) const override;

private:
    std::string m_replacement;
    bool m_dropFirst; // the first token's stand for the prefix that encoding added
};

// Classic BPE: the suffix that ends a word becomes a space, but at the end.
class WordSuffixDecoder : public Decoder {
public:
    explicit WordSuffixDecoder(std::string suffix) : m_suffix(std::move(suffix)) {}
    [[nodiscard]] Tokens apply(Tokens tokens) const override;

private:
    std::string m_suffix;
};

// A tokenizer without a decoder: tokens with spaces between.
class SpaceDecoder : public Decoder {
public:
    [[nodiscard]] Tokens apply(Tokens tokens) const override;
};

class DecoderSequence : public Decoder {
public:
    explicit DecoderSequence(std::vector<std::unique_ptr<Decoder>> steps) : m_steps(std::move(steps)) {}
    [[nodiscard]] Tokens apply(Tokens tokens) const override;

private:
    std::vector<std::unique_ptr<Decoder>> m_steps;
};

} // namespace ropescope::detail
