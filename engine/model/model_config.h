// What a model is, read from config.json (transformers v4 and v5 spelling) or GGUF metadata. No LibTorch
// here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"

namespace ropescope {

// `llama` stands for SmolLM and SmolLM2 as well, and in a GGUF for Mistral.
enum class Architecture { llama, mistral, qwen2, qwen3, phi3, gptNeox };
// The model_type of transformers: "llama", "gpt_neox".
[[nodiscard]] std::string_view name(Architecture architecture);

// The rotary scaling that a model's own configuration asks for. Sibling types; the formulas are
// engine/rope's.
struct NoScaling {};
struct LinearScaling {
    double factor = 1;
};
struct DynamicScaling {
    double factor = 1;
};
struct YarnScaling {
    double factor = 1;
    double betaFast = 32, betaSlow = 1;
    bool truncate = true;
    double attentionFactor = 1; // resolved
    std::int64_t originalLength = 0;
};
struct Llama3Scaling {
    double factor = 8, lowFrequencyFactor = 1, highFrequencyFactor = 4;
    std::int64_t originalLength = 8192;
};
struct LongRopeScaling {
    std::vector<double> shortFactors, longFactors; // one value per rotary pair each
    double attentionFactor = 1;                    // resolved; for both lists
    std::int64_t originalLength = 0;               // beyond it the long list applies
};
// A GGUF's rope_freqs tensor: one divisor per rotary pair at every length (Llama 3's, written out).
struct FixedScaling {
    std::vector<double> factors;
    double attentionFactor = 1;
};
using ConfiguredScaling =
    std::variant<NoScaling, LinearScaling, DynamicScaling, YarnScaling, Llama3Scaling, LongRopeScaling, FixedScaling>;
// "none", "linear", "dynamic", "yarn", "llama3", "longrope", "rope_freqs".
[[nodiscard]] std::string_view name(const ConfiguredScaling& scaling);

// gelu is the exact one (erf), geluTanh its approximation.
enum class Activation { silu, gelu, geluTanh, relu };
[[nodiscard]] std::string_view name(Activation activation);

struct CrossAttentionConfig; // context_config.h

struct ModelConfig {
    Architecture architecture = Architecture::llama;
    std::string sourcePath; // the file it was read from
    int layers = 0, hidden = 0, intermediate = 0, heads = 0, kvHeads = 0;
    int vocabulary = 0;
    double normEpsilon = 1e-5;
    bool tiedEmbeddings = false;
    bool queryKeyValueBias = false, outputBias = false, mlpBias = false;
    bool queryKeyNorm = false;                 // Qwen3
    bool parallelResidual = false;             // GPT-NeoX
    Activation activation = Activation::silu;  // GPT-NeoX has one of the others; the gated models have silu
    std::optional<std::int64_t> slidingWindow; // where one is in force: a query sees the last so many keys only
    std::vector<bool> fullLayers; // with a sliding window: the layers without one; empty: every layer has it
    RopeGeometry rope; // trainedLength: the length before any scaling (original_max_position_embeddings if given)
    std::int64_t maxPositions = 0; // max_position_embeddings
    ConfiguredScaling scaling;
    std::shared_ptr<const CrossAttentionConfig> crossAttention; // null: the model reads no context (all but CEPE)
};

// A model folder's config.json or a .gguf's metadata. Counts are positive and bounded, heads divide by kvHeads, the
// rotary dimension is even; what the engine can't compute (experts, soft caps, layers without rope...) is an input
// error naming the key.
[[nodiscard]] Result<ModelConfig> readModelConfig(const std::filesystem::path& path);

// For what attends to every token of a sequence: an input error that says what to change where a sliding window is
// shorter than `length`.
[[nodiscard]] Result<void> checkWindow(const ModelConfig& config, std::int64_t length);

// The factor set that the model's own configuration gives for a sequence of this many tokens (longrope
// switches lists, dynamic NTK grows): what a forward pass uses when the person names no FACTORS. `config` comes from
// readModelConfig, which has made sure that its scaling can be computed.
[[nodiscard]] FactorSet configuredFactors(const ModelConfig& config, std::int64_t length);

} // namespace ropescope
