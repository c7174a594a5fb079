// Regular expressions as tokenizer files write them (Oniguruma's Ruby syntax over Unicode), matched by PCRE2.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/outcome.h"

namespace ropescope::detail {

// Rewrites a pattern of Oniguruma's syntax for PCRE2 where the two differ: white space and word characters by
// Unicode's properties, nested and intersected character classes, the quantifiers {,n} and {n,m}+, \h, (?m).
// Throws std::invalid_argument with the reason for what cannot be expressed.
[[nodiscard]] std::string translatedPattern(std::string_view pattern);

// A compiled pattern; immutable, safe from several threads.
class Regex {
public:
    // Throws std::invalid_argument with the reason.
    static Regex compile(std::string_view pattern);
    static Regex literal(std::string_view text); // matches the text itself

    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

    // The first match that begins at `from` or later, as byte offsets; the text is valid UTF-8. Throws
    // Malformed when the pattern gives up on the text.
    [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view text,
                                                                          std::size_t from) const;

    // All matches from left to right, none overlapping, as Oniguruma's find_iter yields them: an empty match
    // right after another match is left out.
    template <class Visitor>
    void eachMatch(std::string_view text, Visitor visit) const {
        std::size_t from = 0;
        std::optional<std::size_t> lastEnd;
        while (from <= text.size()) {
            const auto match = find(text, from);
            if (!match)
                return;
            const auto [begin, end] = *match;
            const bool empty = begin == end;
            if (!empty || lastEnd != end)
                visit(begin, end);
            from = empty ? afterCharacter(text, end) : end;
            if (!empty || lastEnd != end)
                lastEnd = end;
        }
    }

private:
    struct Code;
    explicit Regex(std::unique_ptr<Code> code, std::string pattern);
    static std::size_t afterCharacter(std::string_view text, std::size_t position);

    std::unique_ptr<Code> m_code;
    std::string m_pattern; // as the file has it, for messages
};

} // namespace ropescope::detail
