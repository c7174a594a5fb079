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
    [[nodiscard]] virtual std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options) const = 0;
    // Bytes of the ids, special tokens included as written; may cut a UTF-8 sequence.
    [[nodiscard]] virtual std::string decode(const std::vector<TokenId>& ids) const = 0;
    [[nodiscard]] virtual int vocabularySize() const = 0;
    [[nodiscard]] virtual std::optional<TokenId> beginOfText() const = 0;
    [[nodiscard]] virtual std::optional<TokenId> endOfText() const = 0;
};

// A model folder (tokenizer.json, else tokenizer.model), one of those files itself, or the vocabulary inside
// a GGUF file.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> loadTokenizer(const std::filesystem::path& path);

} // namespace ropescope
