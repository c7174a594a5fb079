// Tokens that are found in the text before the model sees it: special tokens and a person's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace ropescope::detail {

struct AddedToken {
    std::string content;
    TokenId id = 0;
    bool special = false;
    bool normalized = false; // looked for in the normalised text, else in the text as given
    bool singleWord = false; // not inside a word
    bool leftStrip = false;  // takes the white space before it
    bool rightStrip = false; // and behind it
};

// A part of a text: an added token, or text between them.
struct AddedSplit {
    std::optional<TokenId> id;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// Finds tokens from left to right, the longest at each place.
class AddedTokenMatcher {
public:
    AddedTokenMatcher() = default;
    // patterns[i] is what stands for tokens[i] in the text (its content, normalised where it must be). Empty
    // patterns are never found; of equal ones the first counts.
    AddedTokenMatcher(std::vector<AddedToken> tokens, const std::vector<std::string>& patterns);

    // Covers the whole text in order; with parseSpecial false special tokens stay text.
    [[nodiscard]] std::vector<AddedSplit> split(std::string_view text, bool parseSpecial) const;

private:
    struct Node {
        std::vector<std::pair<unsigned char, std::int32_t>> children; // sorted by byte
        std::int32_t token = -1;
    };
    void insert(std::string_view pattern, std::int32_t token);
    [[nodiscard]] std::int32_t childOf(std::int32_t node, unsigned char byte) const;
    [[nodiscard]] std::int32_t longestAt(std::string_view text, std::size_t position, std::size_t& end) const;

    std::vector<AddedToken> m_tokens;
    std::vector<Node> m_nodes;
    bool m_begins[256] = {}; // bytes that some pattern begins with
};

} // namespace ropescope::detail
