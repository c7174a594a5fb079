#include "engine/model/model_config.h"

#include <cmath>

#include <fmt/format.h>

#include "engine/model/config_reader.h"

namespace ropescope {
namespace {

Result<ModelConfig> checked(ModelConfig model) {
    if (model.heads % model.kvHeads != 0)
        return fail(inputError(model.sourcePath, "kv heads", fmt::format("a divisor of the {} heads", model.heads),
                               fmt::format("{}", model.kvHeads)));
    if (!(model.normEpsilon > 0 && model.normEpsilon < 1))
        return fail(inputError(model.sourcePath, "norm epsilon", "a number between 0 and 1",
                               fmt::format("{}", model.normEpsilon)));
    return model;
}

} // namespace

std::string_view name(Architecture architecture) {
    constexpr std::string_view names[] = {"llama", "mistral", "qwen2", "qwen3", "phi3", "gpt_neox"};
    return names[static_cast<std::size_t>(architecture)];
}

std::string_view name(const ConfiguredScaling& scaling) {
    constexpr std::string_view names[] = {"none", "linear", "dynamic", "yarn", "llama3", "longrope", "rope_freqs"};
    return names[scaling.index()];
}

std::string_view name(Activation activation) {
    constexpr std::string_view names[] = {"silu", "gelu", "gelu_tanh"};
    return names[static_cast<std::size_t>(activation)];
}

Result<ModelConfig> readModelConfig(const std::filesystem::path& path) {
    std::error_code problem;
    auto model =
        std::filesystem::is_directory(path, problem) ? readJsonConfig(path / "config.json") : readGgufConfig(path);
    if (!model)
        return fail(model.error());
    return checked(std::move(*model));
}

Result<void> checkWindow(const ModelConfig& config, std::int64_t length) {
    if (!config.slidingWindow || *config.slidingWindow >= length)
        return {};
    return fail(inputError(config.sourcePath, "sliding_window",
                           fmt::format("null, or at least the {} tokens of this run (the engine attends to all of "
                                       "them; set it to null to try the model so)",
                                       length),
                           fmt::format("{}", *config.slidingWindow)));
}

} // namespace ropescope
