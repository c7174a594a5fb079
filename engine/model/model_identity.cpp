#include "engine/model/model_identity.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/sha256.h"
#include "engine/model/checkpoint.h"
#include "engine/model/context_config.h"
#include "engine/model/model_config.h"
#include "engine/model/required_tensors.h"

namespace ropescope {
namespace {

constexpr std::size_t hashedWhole = std::size_t{256} << 20; // tensors of a model up to this size
constexpr std::size_t sampledBlock = std::size_t{64} << 10;
constexpr std::size_t sampledBlocks = 8;

// Every number of a scaling, in a fixed order.
struct ScalingText {
    std::string operator()(const NoScaling&) const { return {}; }
    std::string operator()(const LinearScaling& linear) const { return fmt::format("{}", linear.factor); }
    std::string operator()(const DynamicScaling& dynamic) const { return fmt::format("{}", dynamic.factor); }
    std::string operator()(const YarnScaling& yarn) const {
        return fmt::format("{} {} {} {} {} {}", yarn.factor, yarn.betaFast, yarn.betaSlow, yarn.truncate,
                           yarn.attentionFactor, yarn.originalLength);
    }
    std::string operator()(const Llama3Scaling& llama) const {
        return fmt::format("{} {} {} {}", llama.factor, llama.lowFrequencyFactor, llama.highFrequencyFactor,
                           llama.originalLength);
    }
    std::string operator()(const LongRopeScaling& longRope) const {
        return fmt::format("{} {} {} {}", fmt::join(longRope.shortFactors, " "), fmt::join(longRope.longFactors, " "),
                           longRope.attentionFactor, longRope.originalLength);
    }
    std::string operator()(const FixedScaling& fixed) const {
        return fmt::format("{} {}", fmt::join(fixed.factors, " "), fixed.attentionFactor);
    }
};

// Empty unless some layers lack the sliding window.
std::string fullLayersText(const ModelConfig& config) {
    std::string text;
    for (std::size_t layer = 0; layer < config.fullLayers.size(); ++layer)
        if (config.fullLayers[layer])
            text += fmt::format("full {}\n", layer);
    return text;
}

std::string configText(const ModelConfig& config) {
    return fmt::format("ropescope model 1\n{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n{} {} {} {} {} {}\n{} {}\n",
                       name(config.architecture), config.layers, config.hidden, config.intermediate, config.heads,
                       config.kvHeads, config.vocabulary, config.normEpsilon, config.tiedEmbeddings,
                       config.queryKeyValueBias, config.outputBias, config.mlpBias, config.queryKeyNorm,
                       config.parallelResidual, name(config.activation), config.slidingWindow.value_or(0),
                       config.rope.headDim, config.rope.rotaryDim, config.rope.theta, config.rope.trainedLength,
                       config.maxPositions, name(config.scaling), std::visit(ScalingText(), config.scaling)) +
           fullLayersText(config);
}

// Empty for a model that reads no context.
std::string contextText(const ModelConfig& config) {
    if (!config.crossAttention)
        return {};
    const CrossAttentionConfig& cross = *config.crossAttention;
    return fmt::format("cross-attention {} {}\n{}", cross.layers, cross.severalStates, configText(cross.encoder));
}

std::string_view asText(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void addTensor(Sha256& hash, const StoredTensor& tensor, bool sampled) {
    hash.add(fmt::format("{} {} {} {} {}\n", tensor.name, shapeText(tensor.shape), name(tensor.type),
                         static_cast<int>(tensor.rowOrder), tensor.heads));
    const std::size_t size = tensor.bytes.size();
    if (!sampled || size <= sampledBlocks * sampledBlock) {
        hash.add(asText(tensor.bytes));
        return;
    }
    const std::size_t room = size - sampledBlock;
    for (std::size_t block = 0; block < sampledBlocks; ++block)
        hash.add(asText(tensor.bytes.subspan(room * block / (sampledBlocks - 1), sampledBlock)));
}

} // namespace

Outcome<std::string> modelIdentity(const std::filesystem::path& path, const RunControl& control) {
    const auto config = readModelConfig(path);
    if (!config)
        return config.error();
    const auto checkpoint = openCheckpoint(path);
    if (!checkpoint)
        return checkpoint.error();
    if (auto complete = checkTensors(**checkpoint, *config); !complete)
        return complete.error();

    std::vector<const StoredTensor*> tensors;
    std::size_t total = 0;
    for (const TensorShape& required : requiredTensors(*config)) {
        tensors.push_back((*checkpoint)->find(required.name));
        total += tensors.back()->bytes.size();
    }
    std::sort(tensors.begin(), tensors.end(),
              [](const StoredTensor* a, const StoredTensor* b) { return a->name < b->name; });
    Sha256 hash;
    hash.add(configText(*config));
    hash.add(contextText(*config));
    std::size_t done = 0;
    for (const StoredTensor* tensor : tensors) {
        if (control.stopRequested())
            return Cancelled{};
        addTensor(hash, *tensor, total > hashedWhole);
        done += tensor->bytes.size();
        control.report({"identifying the model", static_cast<double>(done), static_cast<double>(total), "bytes"});
    }
    return hash.hex();
}

} // namespace ropescope
