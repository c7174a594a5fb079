// Oniguruma's Ruby syntax in PCRE2's words.
#include <charconv>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <unicode/uniset.h>

#include "engine/tokenizer/detail/regex.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

// The property White_Space. PCRE2's own \s also takes U+180E, which Unicode withdrew from it.
constexpr std::string_view spaceItems =
    R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
// Oniguruma's word characters; the last six are its own addition below U+0100.
constexpr std::string_view wordItems = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be})";
constexpr std::string_view hexItems = "0-9A-Fa-f";

bool isGeneralCategory(std::string_view name) {
    constexpr std::string_view letters = "CLMNPSZ";
    constexpr std::string_view second[] = {"cfnos", "lmotu", "cen", "dlo", "cdefios", "ckmo", "lps"};
    const std::size_t group = name.empty() ? std::string_view::npos : letters.find(name[0]);
    return group != std::string_view::npos &&
           (name.size() == 1 || (name.size() == 2 && second[group].find(name[1]) != std::string_view::npos));
}

icu::UnicodeSet setOf(const std::string& icuPattern) {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeSet set(icu::UnicodeString::fromUTF8(icuPattern), status);
    if (U_FAILURE(status))
        throw std::invalid_argument(fmt::format("unknown character class {}", icuPattern));
    return set;
}

std::string codeText(UChar32 code) {
    return fmt::format("\\x{{{:x}}}", static_cast<unsigned>(code));
}

std::string textOf(const icu::UnicodeSet& set) {
    if (set.isEmpty())
        return "(?!)";
    std::string text = "[";
    for (std::int32_t range = 0; range < set.getRangeCount(); ++range) {
        text += codeText(set.getRangeStart(range));
        if (set.getRangeEnd(range) > set.getRangeStart(range))
            text += fmt::format("-{}", codeText(set.getRangeEnd(range)));
    }
    return text + "]";
}

class Translator {
public:
    explicit Translator(std::string_view pattern) : m_pattern(pattern) {}

    std::string translate() {
        while (m_at < m_pattern.size())
            translateItem();
        return std::move(m_out);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_pattern.size() ? m_pattern[m_at + ahead] : '\0';
    }
    [[nodiscard]] bool startsWith(std::string_view text) const { return m_pattern.substr(m_at).starts_with(text); }

    char take() {
        if (m_at >= m_pattern.size())
            throw std::invalid_argument("the pattern ends too early");
        return m_pattern[m_at++];
    }

    void translateItem() {
        switch (peek()) {
        case '\\':
            m_atom = m_out.size();
            translateEscape();
            return;
        case '[':
            m_atom = m_out.size();
            translateClass();
            return;
        case '(':
            openGroup();
            return;
        case ')':
            m_out += take();
            if (m_groups.empty())
                throw std::invalid_argument(fmt::format("unmatched ) at its byte {}", m_at - 1));
            m_atom = m_groups.back();
            m_groups.pop_back();
            return;
        case '*':
        case '+':
        case '?':
            m_out += take();
            if (peek() == '?' || peek() == '+')
                m_out += take();
            return;
        case '{':
            translateInterval();
            return;
        default:
            m_atom = m_out.size();
            m_out += m_pattern.substr(m_at, utf8Length(peek()));
            m_at += utf8Length(peek());
        }
    }

    void openGroup() {
        m_groups.push_back(m_out.size());
        m_atom = m_out.size();
        m_out += take();
        if (peek() != '?')
            return;
        m_out += take();
        while (peek() == 'i' || peek() == 'm' || peek() == 'x' || peek() == '-') {
            const char option = take();
            m_out += option == 'm' ? 's' : option; // Ruby's m lets the dot match a line feed
        }
    }

    // {n}, {n,}, {,m}, {n,m}: a + behind them repeats once more instead of making them possessive.
    void translateInterval() {
        const std::size_t close = m_pattern.find('}', m_at);
        const std::string_view inner =
            close == std::string_view::npos ? std::string_view() : m_pattern.substr(m_at + 1, close - m_at - 1);
        const bool interval = inner.find_first_of("0123456789") != std::string_view::npos &&
                              inner.find_first_not_of("0123456789,") == std::string_view::npos &&
                              inner.find(',') == inner.rfind(',');
        if (!interval) {
            m_atom = m_out.size();
            m_out += "\\{";
            ++m_at;
            return;
        }
        m_at = close + 1;
        const bool exact = inner.find(',') == std::string_view::npos;
        const std::string text = fmt::format("{{{}{}}}", inner.front() == ',' ? "0" : "", inner);
        if (peek() == '+' || (exact && peek() == '?')) {
            m_out.insert(m_atom, "(?:");
            m_out += text + ")";
            return;
        }
        m_out += text;
        if (peek() == '?')
            m_out += take();
    }

    void translateEscape() {
        const char kind = peek(1);
        switch (kind) {
        case 's':
        case 'w':
        case 'h':
            m_out += fmt::format("[{}]", itemsOf(kind));
            break;
        case 'S':
        case 'W':
        case 'H':
            m_out += fmt::format("[^{}]", itemsOf(kind));
            break;
        case 'b':
            m_out += fmt::format("(?:(?<=[{0}])(?![{0}])|(?<![{0}])(?=[{0}]))", wordItems);
            break;
        case 'B':
            m_out += fmt::format("(?:(?<=[{0}])(?=[{0}])|(?<![{0}])(?![{0}]))", wordItems);
            break;
        case 'p':
        case 'P': {
            const Property property = takeProperty();
            m_out += property.native ? property.text : textOf(setOf(property.text));
            return;
        }
        case 'v':
        case 'u':
            m_out += codeText(takeCharacter());
            return;
        default:
            m_out += take();
            m_out += take();
            return;
        }
        m_at += 2;
    }

    static std::string_view itemsOf(char kind) {
        return kind == 's' || kind == 'S' ? spaceItems : kind == 'w' || kind == 'W' ? wordItems : hexItems;
    }

    struct Property {
        std::string text; // for PCRE2 where native, else for ICU
        bool native = false;
    };

    // At \p{NAME}, \p{^NAME} or \P{NAME}. PCRE2 is asked about general categories only: its scripts mean the
    // wider script extensions.
    Property takeProperty() {
        const std::size_t close = m_pattern.find('}', m_at);
        if (peek(2) != '{' || close == std::string_view::npos)
            throw std::invalid_argument(fmt::format("expected \\p{{NAME}} at its byte {}", m_at));
        std::string_view name = m_pattern.substr(m_at + 3, close - m_at - 3);
        bool inverted = peek(1) == 'P';
        m_at = close + 1;
        if (name.starts_with('^')) {
            inverted = !inverted;
            name.remove_prefix(1);
        }
        const bool native = isGeneralCategory(name);
        return {fmt::format("{}\\{}{{{}}}{}", native ? "" : "[", inverted ? 'P' : 'p', name, native ? "" : "]"),
                native};
    }

    // A literal character of a class or after a backslash: \n, \x41, \x{41}, \u0041, \] or itself.
    UChar32 takeCharacter() {
        if (peek() != '\\')
            return static_cast<UChar32>(nextCharacter(m_pattern, m_at));
        ++m_at;
        const char kind = peek();
        constexpr std::string_view names = "tnvfrae";
        constexpr std::string_view codes = "\t\n\v\f\r\a\x1b";
        if (const std::size_t index = names.find(kind); kind != '\0' && index != std::string_view::npos) {
            ++m_at;
            return codes[index];
        }
        if (kind == 'x' || kind == 'u') {
            ++m_at;
            return takeHex(kind == 'x' ? 2 : 4);
        }
        if (kind >= '0' && kind <= '7')
            return takeOctal();
        if (m_at >= m_pattern.size())
            throw std::invalid_argument("the pattern ends with a backslash");
        return static_cast<UChar32>(nextCharacter(m_pattern, m_at));
    }

    UChar32 takeHex(std::size_t digits) {
        std::string_view text = m_pattern.substr(m_at, digits);
        if (peek() == '{') {
            const std::size_t close = m_pattern.find('}', m_at);
            text = m_pattern.substr(m_at + 1, close == std::string_view::npos ? 0 : close - m_at - 1);
            m_at += text.size() + 2;
        } else {
            text = text.substr(0, text.find_first_not_of("0123456789abcdefABCDEF"));
            m_at += text.size();
        }
        std::uint32_t code = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code, 16);
        if (text.empty() || error != std::errc() || end != text.data() + text.size() || code > 0x10FFFF)
            throw std::invalid_argument(fmt::format("no character number before its byte {}", m_at));
        return static_cast<UChar32>(code);
    }

    UChar32 takeOctal() {
        UChar32 code = 0;
        for (int digit = 0; digit < 3 && peek() >= '0' && peek() <= '7'; ++digit)
            code = code * 8 + (take() - '0');
        return code;
    }

    void translateClass() {
        const std::size_t start = m_at;
        if (const auto simple = simpleClass()) {
            m_out += *simple;
            return;
        }
        m_at = start;
        m_out += textOf(classSet(0));
    }

    // A class that PCRE2 can say itself; nullopt for nested, intersected and negated parts.
    std::optional<std::string> simpleClass() {
        std::string text(1, take());
        if (peek() == '^')
            text += take();
        for (bool first = true; first || peek() != ']'; first = false) {
            if (peek() == '[' || startsWith("&&"))
                return std::nullopt;
            const char kind = peek() == '\\' ? peek(1) : '\0';
            if (kind == 'S' || kind == 'W' || kind == 'H')
                return std::nullopt;
            if (kind == 'p' || kind == 'P') {
                const Property property = takeProperty();
                if (!property.native)
                    return std::nullopt;
                text += property.text;
            } else if (kind == 's' || kind == 'w' || kind == 'h') {
                text += itemsOf(kind);
                m_at += 2;
            } else if (kind == 'd' || kind == 'D') {
                text += take();
                text += take();
            } else if (peek() == '-' && !first && peek(1) != ']' && m_rangeOpen) {
                text += take();
                m_rangeOpen = false;
                continue;
            } else {
                if (m_at >= m_pattern.size())
                    throw std::invalid_argument("a character class does not end");
                text += codeText(takeCharacter());
                m_rangeOpen = true;
                continue;
            }
            m_rangeOpen = false;
        }
        m_rangeOpen = false;
        text += take();
        return text;
    }

    icu::UnicodeSet classSet(int depth) {
        if (depth > 50)
            throw std::invalid_argument("character classes nest too deep");
        take(); // [
        const bool inverted = peek() == '^';
        if (inverted)
            take();
        icu::UnicodeSet set;
        std::optional<icu::UnicodeSet> left; // of a && before
        for (bool first = true; first || peek() != ']'; first = false) {
            if (m_at >= m_pattern.size())
                throw std::invalid_argument("a character class does not end");
            if (startsWith("&&")) {
                m_at += 2;
                left = left ? left->retainAll(set) : set;
                set.clear();
            } else {
                addClassItem(set, depth);
            }
        }
        take(); // ]
        if (left)
            set.retainAll(*left);
        return inverted ? set.complement() : set;
    }

    void addClassItem(icu::UnicodeSet& set, int depth) {
        const char kind = peek() == '\\' ? peek(1) : '\0';
        if (startsWith("[:")) {
            const std::size_t close = m_pattern.find(":]", m_at);
            if (close == std::string_view::npos)
                throw std::invalid_argument("[: without :]");
            set.addAll(setOf(std::string(m_pattern.substr(m_at, close + 2 - m_at))));
            m_at = close + 2;
        } else if (peek() == '[') {
            set.addAll(classSet(depth + 1));
        } else if (kind == 'p' || kind == 'P') {
            const Property property = takeProperty();
            set.addAll(setOf(property.native ? fmt::format("[{}]", property.text) : property.text));
        } else if (kind != '\0' && std::string_view("sSwWhHdD").find(kind) != std::string_view::npos) {
            const char lower = static_cast<char>(kind | 0x20);
            icu::UnicodeSet named = setOf(fmt::format("[{}]", lower == 'd' ? R"(\p{Nd})" : itemsOf(lower)));
            set.addAll(kind == lower ? named : named.complement());
            m_at += 2;
        } else {
            const UChar32 begin = takeCharacter();
            if (peek() != '-' || peek(1) == ']' || peek(1) == '[') {
                set.add(begin);
                return;
            }
            take();
            const UChar32 end = takeCharacter();
            if (end < begin)
                throw std::invalid_argument("a character range ends before it begins");
            set.add(begin, end);
        }
    }

    std::string_view m_pattern;
    std::size_t m_at = 0;
    std::string m_out;
    std::size_t m_atom = 0;            // where the item that a quantifier repeats begins in m_out
    std::vector<std::size_t> m_groups; // where the open groups begin in m_out
    bool m_rangeOpen = false;          // a class item before could begin a range
};

} // namespace

std::string translatedPattern(std::string_view pattern) {
    return Translator(pattern).translate();
}

} // namespace ropescope::detail
