// The formats a tokenizer can come from. Each throws Malformed for a file it cannot read.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/tokenizer/tokenizer.h"

namespace ropescope::detail {

// What the files beside a tokenizer say about it.
struct Companions {
    std::optional<std::string> beginToken; // tokenizer_config.json
    std::optional<std::string> endToken;
    std::optional<TokenId> beginId; // config.json
    std::optional<TokenId> endId;
    std::optional<bool> addBegin; // tokenizer_config.json
    std::optional<bool> addEnd;
    std::optional<bool> legacy;
    struct Added {
        TokenId id = 0;
        std::string content;
        bool special = false;
    };
    std::vector<Added> added; // added_tokens_decoder
};

[[nodiscard]] Companions readCompanions(const std::filesystem::path& folder);

[[nodiscard]] std::shared_ptr<const Tokenizer> readTokenizerJson(const std::filesystem::path& path);
[[nodiscard]] std::shared_ptr<const Tokenizer> readSentencePiece(const std::filesystem::path& path);
[[nodiscard]] std::shared_ptr<const Tokenizer> readGgufVocabulary(const std::filesystem::path& path);

} // namespace ropescope::detail
