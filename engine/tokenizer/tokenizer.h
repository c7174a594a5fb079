// Text to token ids and back, equal to Hugging Face's on any text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

using TokenId = std::int32_t;

struct EncodeOptions {
    bool addSpecial = true;   // what the model's own template adds (BOS, EOS)
    bool parseSpecial = true; // special tokens written out in the text become their ids
};

// Immutable after loading; encode and decode are safe from several threads at once.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    // Bytes that are not UTF-8 are read as Python does with errors="replace": every longest invalid prefix of a
    // sequence becomes one U+FFFD. Truncation and padding that a tokenizer file may ask for are not applied. Fails
    // only where a tokenizer's own regular expression gives up on the text, or in want of memory.
    [[nodiscard]] virtual Result<std::vector<TokenId>> encode(std::string_view text,
                                                              const EncodeOptions& options) const = 0;
    // Bytes of the ids, special tokens included as written; may cut a UTF-8 sequence. Ids without a token add
    // nothing.
    [[nodiscard]] virtual std::string decode(const std::vector<TokenId>& ids) const = 0;
    // One more than the largest id.
    [[nodiscard]] virtual int vocabularySize() const = 0;
    [[nodiscard]] virtual std::optional<TokenId> beginOfText() const = 0;
    [[nodiscard]] virtual std::optional<TokenId> endOfText() const = 0;
};

// A model folder (tokenizer.json, else tokenizer.model), one of those files itself, or the vocabulary inside
// a GGUF file. Begin and end of text come from tokenizer_config.json or config.json beside it.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> loadTokenizer(const std::filesystem::path& path);

} // namespace ropescope
