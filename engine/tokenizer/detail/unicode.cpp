#include "engine/tokenizer/detail/unicode.h"

#include <array>
#include <optional>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

namespace ropescope::detail {
namespace {

constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";

// Length of the valid sequence at the start of `bytes`, or minus the length of the invalid prefix to replace.
std::ptrdiff_t sequenceLength(std::string_view bytes) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    const unsigned char first = byte(0);
    if (first < 0x80)
        return 1;
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        low = first == 0xE0 ? 0xA0 : low;   // overlong
        high = first == 0xED ? 0x9F : high; // surrogates
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        low = first == 0xF0 ? 0x90 : low;
        high = first == 0xF4 ? 0x8F : high; // beyond U+10FFFF
    } else {
        return -1;
    }
    for (std::size_t index = 1; index < length; ++index) {
        if (index >= bytes.size() || byte(index) < low || byte(index) > high)
            return -static_cast<std::ptrdiff_t>(index);
        low = 0x80;
        high = 0xBF;
    }
    return static_cast<std::ptrdiff_t>(length);
}

struct ByteAlphabet {
    std::array<std::string, 256> characters;
    std::array<std::int16_t, 512> bytes{};

    ByteAlphabet() {
        bytes.fill(-1);
        char32_t next = 256;
        for (int byte = 0; byte < 256; ++byte) {
            const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            const char32_t character = printable ? static_cast<char32_t>(byte) : next++;
            appendUtf8(characters[static_cast<std::size_t>(byte)], character);
            bytes[character] = static_cast<std::int16_t>(byte);
        }
    }
};

const ByteAlphabet& byteAlphabet() {
    static const ByteAlphabet alphabet;
    return alphabet;
}

const icu::Normalizer2* normalizer(NormalForm form) {
    UErrorCode status = U_ZERO_ERROR;
    switch (form) {
    case NormalForm::nfc:
        return icu::Normalizer2::getNFCInstance(status);
    case NormalForm::nfd:
        return icu::Normalizer2::getNFDInstance(status);
    case NormalForm::nfkc:
        return icu::Normalizer2::getNFKCInstance(status);
    case NormalForm::nfkd:
        break;
    }
    return icu::Normalizer2::getNFKDInstance(status);
}

bool isAscii(std::string_view text) {
    for (const char byte : text)
        if (static_cast<unsigned char>(byte) >= 0x80)
            return false;
    return true;
}

} // namespace

bool isValidUtf8(std::string_view bytes) {
    for (std::size_t position = 0; position < bytes.size();) {
        const std::ptrdiff_t length = sequenceLength(bytes.substr(position));
        if (length < 0)
            return false;
        position += static_cast<std::size_t>(length);
    }
    return true;
}

std::string repairedUtf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::ptrdiff_t length = sequenceLength(bytes);
        const auto used = static_cast<std::size_t>(length < 0 ? -length : length);
        text += length < 0 ? replacementCharacter : bytes.substr(0, used);
        bytes.remove_prefix(used);
    }
    return text;
}

char32_t nextCharacter(std::string_view text, std::size_t& position) {
    const auto part = [&](std::size_t index) { return static_cast<char32_t>(text[position + index] & 0x3F); };
    const auto first = static_cast<unsigned char>(text[position]);
    const std::size_t length = utf8Length(text[position]);
    char32_t character = first;
    if (length == 2)
        character = (static_cast<char32_t>(first & 0x1F) << 6) | part(1);
    else if (length == 3)
        character = (static_cast<char32_t>(first & 0x0F) << 12) | (part(1) << 6) | part(2);
    else if (length == 4)
        character = (static_cast<char32_t>(first & 0x07) << 18) | (part(1) << 12) | (part(2) << 6) | part(3);
    position += length;
    return character;
}

std::size_t previousStart(std::string_view text, std::size_t end) {
    do
        --end;
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
    return end;
}

char32_t lastCharacter(std::string_view text) {
    std::size_t position = previousStart(text, text.size());
    return nextCharacter(text, position);
}

void appendUtf8(std::string& text, char32_t character) {
    const auto add = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (character < 0x80) {
        add(character);
    } else if (character < 0x800) {
        add(0xC0 | (character >> 6));
        add(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        add(0xE0 | (character >> 12));
        add(0x80 | ((character >> 6) & 0x3F));
        add(0x80 | (character & 0x3F));
    } else {
        add(0xF0 | (character >> 18));
        add(0x80 | ((character >> 12) & 0x3F));
        add(0x80 | ((character >> 6) & 0x3F));
        add(0x80 | (character & 0x3F));
    }
}

bool isWhitespace(char32_t character) {
    return u_isUWhiteSpace(static_cast<UChar32>(character));
}

bool isNumeric(char32_t character) {
    if (character < 0x80)
        return character >= '0' && character <= '9';
    return (U_GET_GC_MASK(static_cast<UChar32>(character)) & U_GC_N_MASK) != 0;
}

bool isPunctuation(char32_t character) {
    if (character < 0x80)
        return character > ' ' && character < 127 && !u_isalnum(static_cast<UChar32>(character));
    return (U_GET_GC_MASK(static_cast<UChar32>(character)) & U_GC_P_MASK) != 0;
}

bool isWord(char32_t character) {
    const auto code = static_cast<UChar32>(character);
    return u_isUAlphabetic(code) || (U_GET_GC_MASK(code) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0 ||
           u_hasBinaryProperty(code, UCHAR_JOIN_CONTROL);
}

std::string normalized(std::string_view text, NormalForm form) {
    if (isAscii(text))
        return std::string(text);
    std::string result;
    icu::StringByteSink<std::string> sink(&result);
    UErrorCode status = U_ZERO_ERROR;
    normalizer(form)->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink,
                                    nullptr, status);
    return result;
}

std::string lowercased(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t position = 0; position < text.size();) {
        const char32_t character = nextCharacter(text, position);
        if (character == 0x130) // the one character whose lower case is two
            result += "i\xCC\x87";
        else
            appendUtf8(result, static_cast<char32_t>(u_tolower(static_cast<UChar32>(character))));
    }
    return result;
}

std::string withoutMarks(std::string_view text) {
    std::string result;
    for (std::size_t position = 0; position < text.size();) {
        const char32_t character = nextCharacter(text, position);
        if ((U_GET_GC_MASK(static_cast<UChar32>(character)) & U_GC_M_MASK) == 0)
            appendUtf8(result, character);
    }
    return result;
}

void appendByteLevel(std::string& text, std::string_view bytes) {
    const ByteAlphabet& alphabet = byteAlphabet();
    for (const char byte : bytes)
        text += alphabet.characters[static_cast<unsigned char>(byte)];
}

void appendFromByteLevel(std::string& bytes, std::string_view token) {
    const ByteAlphabet& alphabet = byteAlphabet();
    const std::size_t before = bytes.size();
    for (std::size_t position = 0; position < token.size();) {
        const char32_t character = nextCharacter(token, position);
        if (character >= alphabet.bytes.size() || alphabet.bytes[character] < 0) {
            bytes.resize(before);
            bytes += token;
            return;
        }
        bytes += static_cast<char>(static_cast<unsigned char>(alphabet.bytes[character]));
    }
}

} // namespace ropescope::detail
