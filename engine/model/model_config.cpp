#include "engine/model/model_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/model/config_reader.h"
#include "engine/model/context_config.h"
#include "engine/model/model_folder.h"
#include "engine/rope/interpolation.h"
#include "engine/rope/llama3.h"
#include "engine/rope/longrope.h"
#include "engine/rope/yarn.h"

namespace ropescope {
namespace {

// Asks engine/rope for the factors of each kind of scaling at a length.
class FactorsOf {
public:
    FactorsOf(const RopeGeometry& geometry, std::int64_t length) : m_geometry(geometry), m_length(length) {}

    Result<FactorSet> operator()(const NoScaling&) const { return unscaled(m_geometry); }
    Result<FactorSet> operator()(const LinearScaling& linear) const {
        return PositionInterpolation().factors(m_geometry, linear.factor);
    }
    Result<FactorSet> operator()(const DynamicScaling& dynamic) const {
        return DynamicNtk(m_length).factors(m_geometry, dynamic.factor);
    }
    Result<FactorSet> operator()(const YarnScaling& yarn) const {
        return Yarn({yarn.betaFast, yarn.betaSlow, yarn.truncate, yarn.attentionFactor})
            .factors(trainedAt(yarn.originalLength), yarn.factor);
    }
    Result<FactorSet> operator()(const Llama3Scaling& llama) const {
        return Llama3({llama.lowFrequencyFactor, llama.highFrequencyFactor})
            .factors(trainedAt(llama.originalLength), llama.factor);
    }
    Result<FactorSet> operator()(const LongRopeScaling& longRope) const {
        const double scale =
            static_cast<double>(std::max<std::int64_t>(m_length, 1)) / static_cast<double>(longRope.originalLength);
        return LongRope({longRope.shortFactors, longRope.longFactors, longRope.attentionFactor}, scale)
            .factors(trainedAt(longRope.originalLength), scale);
    }
    Result<FactorSet> operator()(const FixedScaling& fixed) const {
        return FactorSet{fixed.factors, fixed.attentionFactor, "rope_freqs"};
    }

private:
    [[nodiscard]] RopeGeometry trainedAt(std::int64_t length) const {
        RopeGeometry geometry = m_geometry;
        geometry.trainedLength = length;
        return geometry;
    }

    RopeGeometry m_geometry;
    std::int64_t m_length;
};

Result<ModelConfig> checked(ModelConfig model) {
    if (model.heads % model.kvHeads != 0)
        return fail(inputError(model.sourcePath, "kv heads", fmt::format("a divisor of the {} heads", model.heads),
                               fmt::format("{}", model.kvHeads)));
    if (!(model.normEpsilon > 0 && model.normEpsilon < 1))
        return fail(inputError(model.sourcePath, "norm epsilon", "a number between 0 and 1",
                               fmt::format("{}", model.normEpsilon)));
    // What a method refuses doesn't depend on the length: configuredFactors can rely on this.
    if (const auto factors = factorsAt(model, model.maxPositions); !factors)
        return fail(
            inputError(model.sourcePath, "rope scaling", "a scaling that can be computed", factors.error().message));
    if (model.crossAttention)
        if (const auto encoder = checked(model.crossAttention->encoder); !encoder)
            return fail(encoder.error());
    return model;
}

} // namespace

Result<FactorSet> factorsAt(const ModelConfig& model, std::int64_t length) {
    return std::visit(FactorsOf(model.rope, length), model.scaling);
}

std::string_view name(Architecture architecture) {
    constexpr std::string_view names[] = {"llama", "mistral", "qwen2", "qwen3", "phi3", "gpt_neox"};
    return names[static_cast<std::size_t>(architecture)];
}

std::string_view name(const ConfiguredScaling& scaling) {
    constexpr std::string_view names[] = {"none", "linear", "dynamic", "yarn", "llama3", "longrope", "rope_freqs"};
    return names[scaling.index()];
}

std::string_view name(Activation activation) {
    constexpr std::string_view names[] = {"silu", "gelu", "gelu_tanh", "relu"};
    return names[static_cast<std::size_t>(activation)];
}

Result<ModelConfig> readModelConfig(const std::filesystem::path& path) {
    std::error_code problem;
    const bool isFolder = std::filesystem::is_directory(path, problem);
    if (isFolder && !std::filesystem::exists(path / "config.json", problem))
        return fail(inputError(path.string(), "folder", "a model's config.json", describeFolder(path)));
    const bool isJson = isFolder || path.extension() == ".json"; // a configuration without weights yet
    auto model = isJson ? readJsonConfig(isFolder ? path / "config.json" : path) : readGgufConfig(path);
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

FactorSet configuredFactors(const ModelConfig& config, std::int64_t length) {
    FactorSet set = *factorsAt(config, length);
    if (!std::holds_alternative<NoScaling>(config.scaling))
        set.origin = fmt::format("the model's own {}", set.origin);
    return set;
}

} // namespace ropescope
