#include <limits>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/tokenizer/detail/json_view.h"
#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/readers.h"

namespace ropescope::detail {
namespace {

constexpr TokenId largestId = std::numeric_limits<TokenId>::max() - 1;
constexpr std::uintmax_t largestConfig = std::uintmax_t{64} << 20;

std::optional<nlohmann::json> readJsonIfThere(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return std::nullopt;
    return valueOrThrow(parseJson(valueOrThrow(readFile(path, largestConfig)), path.string()));
}

// A token is written as its text or as an object with a "content".
std::optional<std::string> tokenText(const JsonView& config, std::string_view key) {
    const auto found = config.find(key);
    if (!found)
        return std::nullopt;
    return found->value().is_object() ? found->at("content").text() : found->text();
}

// An id, or the first of a list of ids.
std::optional<TokenId> tokenId(const JsonView& config, std::string_view key) {
    const auto found = config.find(key);
    if (!found)
        return std::nullopt;
    if (!found->value().is_array())
        return static_cast<TokenId>(found->integer(-1, largestId));
    const auto items = found->items();
    if (items.empty())
        return std::nullopt;
    return static_cast<TokenId>(items.front().integer(-1, largestId));
}

std::optional<bool> flag(const JsonView& config, std::string_view key) {
    const auto found = config.find(key);
    return found ? std::optional(found->boolean()) : std::nullopt;
}

void readAdded(const JsonView& config, Companions& companions) {
    const auto decoder = config.find("added_tokens_decoder");
    if (!decoder)
        return;
    if (!decoder->value().is_object())
        decoder->reject("an object");
    for (const auto& [key, ignored] : decoder->value().items()) {
        const JsonView token = decoder->at(key);
        const bool digits = !key.empty() && key.size() < 10 && key.find_first_not_of("0123456789") == std::string::npos;
        if (!digits)
            token.reject("an id as the key", fmt::format("\"{}\"", key.substr(0, 40)));
        companions.added.push_back({std::stoi(key), token.at("content").text(), token.boolean("special", false)});
    }
}

} // namespace

Companions readCompanions(const std::filesystem::path& folder) {
    Companions companions;
    const auto configPath = folder / "tokenizer_config.json";
    if (const auto document = readJsonIfThere(configPath)) {
        const JsonView config(*document, configPath.string());
        companions.beginToken = tokenText(config, "bos_token");
        companions.endToken = tokenText(config, "eos_token");
        companions.addBegin = flag(config, "add_bos_token");
        companions.addEnd = flag(config, "add_eos_token");
        companions.legacy = flag(config, "legacy");
        readAdded(config, companions);
    }
    const auto modelPath = folder / "config.json";
    if (const auto document = readJsonIfThere(modelPath)) {
        const JsonView config(*document, modelPath.string());
        companions.beginId = tokenId(config, "bos_token_id");
        companions.endId = tokenId(config, "eos_token_id");
    }
    return companions;
}

} // namespace ropescope::detail
