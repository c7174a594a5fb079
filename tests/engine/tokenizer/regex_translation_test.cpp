#include "engine/tokenizer/detail/regex.h"

#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

using ropescope::detail::Regex;

namespace {

// The matches, joined by |.
std::string matches(std::string_view pattern, std::string_view text) {
    std::string found;
    Regex::compile(pattern).eachMatch(
        text, [&](std::size_t begin, std::size_t end) { found += std::string(text.substr(begin, end - begin)) + "|"; });
    return found;
}

} // namespace

TEST_CASE("patterns mean what Oniguruma means by them") {
    CHECK(matches(R"(\s+)", "a\u180Eb \u0085\u2028c\u3000") == " \u0085\u2028|\u3000|"); // U+180E is no white space
    CHECK(matches(R"([^\s]+)", "a\u180Eb c") == "a\u180Eb|c|");
    CHECK(matches(R"(\w+)", "a\u0301_9 \u2460-\u00B2") == "a\u0301_9|\u00B2|");
    CHECK(matches(R"(\p{N}{1,3}+)", "1234567 8") == "1234567|8|"); // repeats, is not possessive
    CHECK(matches(R"(a{,2}b)", "aaab") == "aab|");
    CHECK(matches(R"(a{x)", "a{x") == "a{x|");
    CHECK(matches(R"([\p{L}&&[^\p{Han}]]+)", "ab\u4E00c") == "ab|c|");
    CHECK(matches(R"([[:alpha:]\d]+)", "a1-b") == "a1|b|");
    CHECK(matches(R"([a-c[x-z]]+)", "abxyd") == "abxy|");
    CHECK(matches(R"([^\S\n]+)", " \t\n ") == " \t| |");
    CHECK(matches(R"(\h+)", "beg 0F") == "be|0F|");
    CHECK(matches(R"((?i:'s))", "'S's") == "'S|'s|");
    CHECK(matches(R"((?m:a.b))", "a\nb") == "a\nb|");
    CHECK(matches(R"(^b$)", "a\nb\nc") == "b|");
    CHECK(matches(R"([\]\-a]+)", "a-]b") == "a-]|");
    CHECK(matches(R"(\u0041\x42\x{43})", "ABC") == "ABC|");
    CHECK(matches(R"(\p{^L}+)", "a1b") == "1|");
    CHECK(matches(R"(\p{Han})", "\u4E00\u3042") == "\u4E00|");
    CHECK(matches("x*", "axb") == "|x||");
}

TEST_CASE("patterns that cannot be read are refused with a reason") {
    for (const auto pattern :
         {"(", ")", "[a", "[z-a]", "\\", "\\p{Nonsense}", "a)", "[[a]", "(?<n", "\\x{110000}", "*"})
        CHECK_THROWS_AS(Regex::compile(pattern), std::invalid_argument);
    CHECK_THROWS_AS(Regex::compile(std::string(500, '(') + std::string(500, ')')), std::invalid_argument);
    CHECK_THROWS_AS(Regex::compile(std::string(500, '[')), std::invalid_argument);
}

TEST_CASE("a pattern that explodes ends in an error, not in a hang") {
    const Regex pattern = Regex::compile("^(?:a|aa|aaa)*$");
    CHECK_THROWS(pattern.find(std::string(200, 'a') + "b", 0));
}
