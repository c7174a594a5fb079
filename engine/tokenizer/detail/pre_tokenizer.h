// How a normalised text is cut into the words that the model encodes each for itself: one type per rule of
// tokenizer.json.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tokenizer/detail/regex.h"

namespace ropescope::detail {

// How GPT-2 cuts words; ByteLevel's own and that of GGUF files.
inline constexpr std::string_view gpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// A text cut into pieces, none of them empty, in order. Steps may rewrite the text.
struct Pieces {
    struct Piece {
        std::size_t begin = 0;
        std::size_t end = 0;
        bool opensText = false; // begins where the whole input begins
    };
    std::string text;
    std::vector<Piece> pieces;

    [[nodiscard]] std::string_view view(const Piece& piece) const {
        return std::string_view(text).substr(piece.begin, piece.end - piece.begin);
    }
};

// Immutable.
class PreTokenizer {
public:
    virtual ~PreTokenizer() = default;
    virtual void apply(Pieces& pieces) const = 0;
};

// What becomes of the matches of a splitting pattern.
enum class SplitBehavior { removed, isolated, mergedWithPrevious, mergedWithNext, contiguous };

// Splits at the matches of a pattern, or at what lies between them where inverted.
class SplitPreTokenizer : public PreTokenizer {
public:
    SplitPreTokenizer(Regex pattern, SplitBehavior behavior, bool inverted)
        : m_pattern(std::move(pattern)), m_behavior(behavior), m_inverted(inverted) {}
    void apply(Pieces& pieces) const override;

private:
    Regex m_pattern;
    SplitBehavior m_behavior;
    bool m_inverted;
};

// Splits at single characters of a class: digits, punctuation, white space, a delimiter.
class CharacterPreTokenizer : public PreTokenizer {
public:
    using Test = std::function<bool(char32_t)>;
    CharacterPreTokenizer(Test test, SplitBehavior behavior) : m_test(std::move(test)), m_behavior(behavior) {}
    void apply(Pieces& pieces) const override;

private:
    Test m_test;
    SplitBehavior m_behavior;
};

// Runs of word characters and runs of anything else but white space.
class WhitespacePreTokenizer : public PreTokenizer {
public:
    void apply(Pieces& pieces) const override;
};

// GPT-2's: its regular expression (optional), then every byte as a printable character.
class ByteLevelPreTokenizer : public PreTokenizer {
public:
    ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex);
    void apply(Pieces& pieces) const override;

private:
    bool m_addPrefixSpace;
    std::optional<Regex> m_pattern;
};

// SentencePiece's: spaces become a visible character, which also opens words.
class MetaspacePreTokenizer : public PreTokenizer {
public:
    enum class Prepend { always, first, never };
    MetaspacePreTokenizer(std::string replacement, Prepend prepend, bool split)
        : m_replacement(std::move(replacement)), m_prepend(prepend), m_split(split) {}
    void apply(Pieces& pieces) const override;

private:
    std::string m_replacement;
    Prepend m_prepend;
    bool m_split;
};

// Pieces of so many characters.
class FixedLengthPreTokenizer : public PreTokenizer {
public:
    explicit FixedLengthPreTokenizer(std::size_t length) : m_length(length) {}
    void apply(Pieces& pieces) const override;

private:
    std::size_t m_length;
};

class PreTokenizerSequence : public PreTokenizer {
public:
    explicit PreTokenizerSequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : m_steps(std::move(steps)) {}
    void apply(Pieces& pieces) const override;

private:
    std::vector<std::unique_ptr<PreTokenizer>> m_steps;
};

} // namespace ropescope::detail
