// UTF-8 and the character classes that tokenizers ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ropescope::detail {

[[nodiscard]] bool isValidUtf8(std::string_view bytes);
// As Python's bytes.decode(errors="replace").
[[nodiscard]] std::string repairedUtf8(std::string_view bytes);

// Bytes of the character that starts with this byte; the text is valid UTF-8.
[[nodiscard]] inline std::size_t utf8Length(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}
// The character at `position`, which moves behind it; the text is valid UTF-8.
[[nodiscard]] char32_t nextCharacter(std::string_view text, std::size_t& position);
[[nodiscard]] char32_t lastCharacter(std::string_view text);
// Start of the character that ends at `end` (> 0).
[[nodiscard]] std::size_t previousStart(std::string_view text, std::size_t end);
void appendUtf8(std::string& text, char32_t character);

[[nodiscard]] bool isWhitespace(char32_t character);  // property White_Space
[[nodiscard]] bool isNumeric(char32_t character);     // categories Nd, Nl, No
[[nodiscard]] bool isPunctuation(char32_t character); // ASCII punctuation and categories P*
[[nodiscard]] bool isWord(char32_t character);        // Alphabetic, M*, Nd, Pc, Join_Control

enum class NormalForm { nfc, nfd, nfkc, nfkd };
[[nodiscard]] std::string normalized(std::string_view text, NormalForm form);
// Character by character, without regard to context.
[[nodiscard]] std::string lowercased(std::string_view text);
[[nodiscard]] std::string withoutMarks(std::string_view text); // categories M* removed

// The byte-level alphabet of GPT-2: every byte as one printable character.
void appendByteLevel(std::string& text, std::string_view bytes);
// Bytes of a token in that alphabet; a token with any other character stands for itself.
void appendFromByteLevel(std::string& bytes, std::string_view token);

} // namespace ropescope::detail
