// What tokenizer.ggml.pre stands for.
#pragma once

#include <string_view>
#include <vector>

namespace ropescope::detail {

// How the words of a byte-level vocabulary in a GGUF file are cut.
struct GgufPreTokenizer {
    std::vector<std::string_view> patterns; // each cuts what the one before left; Oniguruma's syntax
    bool ignoreMerges = false;              // words that are tokens stay whole
    bool composed = false;                  // the text is brought to form NFC first
    bool addBegin = false;                  // where the file does not say
};

// Null for a name that is not known.
[[nodiscard]] const GgufPreTokenizer* ggufPreTokenizer(std::string_view name);

} // namespace ropescope::detail
