#include <cmath>

#include <fmt/format.h>

#include "engine/model/config_reader.h"
#include "engine/model/gguf_checkpoint.h"
#include "engine/model/gguf_files.h"
#include "engine/model/gguf_names.h"
#include "engine/rope/attention_factor.h"

namespace ropescope {
namespace {

// As JsonFields, for the keys "ARCHITECTURE.KEY" of a GGUF file: the first problem is kept.
class GgufFields {
public:
    GgufFields(const GgufMetadata& metadata, std::string prefix) : m_metadata(metadata), m_prefix(std::move(prefix)) {}

    std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high) {
        return integerOr(key, std::nullopt, low, high);
    }
    std::int64_t integerOr(std::string_view key, std::optional<std::int64_t> fallback, std::int64_t low,
                           std::int64_t high) {
        const auto value = take(m_metadata.integer(full(key)));
        const auto number = value ? value : fallback;
        if (number && *number >= low && *number <= high)
            return *number;
        refuse(key, fmt::format("a whole number from {} to {}", low, high),
               number ? fmt::format("{}", *number) : "nothing");
        return low;
    }
    double positiveOr(std::string_view key, double fallback) {
        const auto value = take(m_metadata.number(full(key)));
        const double number = value.value_or(fallback);
        if (std::isfinite(number) && number > 0)
            return number;
        refuse(key, "a number above 0", fmt::format("{}", number));
        return fallback;
    }
    std::string textOr(std::string_view key, std::string_view fallback) {
        return take(m_metadata.text(full(key))).value_or(std::string(fallback));
    }
    bool booleanOr(std::string_view key, bool fallback) {
        return take(m_metadata.boolean(full(key))).value_or(fallback);
    }
    [[nodiscard]] bool has(std::string_view key) const { return m_metadata.contains(full(key)); }
    void refuse(std::string_view key, std::string_view expected, std::string_view found) {
        if (!m_error)
            m_error = m_metadata.badValue(full(key), expected, found);
    }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    [[nodiscard]] std::string full(std::string_view key) const { return fmt::format("{}.{}", m_prefix, key); }

    template <class T>
    std::optional<T> take(Result<std::optional<T>> value) {
        if (value)
            return *value;
        if (!m_error)
            m_error = value.error();
        return std::nullopt;
    }

    const GgufMetadata& m_metadata;
    std::string m_prefix;
    std::optional<Error> m_error;
};

// Tensors that say what no key does: vocabulary, ties, biases, and rotary factors.
class TensorFacts {
public:
    explicit TensorFacts(const std::vector<std::shared_ptr<const GgufMetadata>>& files) : m_files(files) {}

    [[nodiscard]] const GgufTensorInfo* find(std::string_view name) const { return locate(name).info; }

    // A global 1-D F32 tensor of one divisor per rotary pair; empty when the file has none.
    [[nodiscard]] Result<std::vector<double>> factors(std::string_view name, int pairs) const {
        const auto [metadata, info] = locate(name);
        if (!info)
            return std::vector<double>();
        const auto& file = metadata->file();
        const auto bad = [&](std::string_view expected, std::string_view found) {
            return fail(inputError(file.path().string(), fmt::format("tensor \"{}\" (byte {})", name, info->offset),
                                   expected, found));
        };
        const auto count = static_cast<std::size_t>(pairs);
        if (info->type != 0 || info->dims != std::vector<std::int64_t>{pairs})
            return bad(fmt::format("{} values of F32, one per rotary pair", pairs),
                       fmt::format("shape {} of ggml type {}", shapeText(info->dims), info->type));
        if ((file.bytes().size() - info->offset) / sizeof(float) < count)
            return bad(fmt::format("{} bytes of data", count * sizeof(float)), "the end of the file");
        std::vector<float> stored(count);
        dequantise(StoredType::f32, file.bytes().data() + info->offset, pairs, stored.data());
        for (const float value : stored)
            if (!std::isfinite(value) || value <= 0)
                return bad("numbers above 0", fmt::format("{}", value));
        return std::vector<double>(stored.begin(), stored.end());
    }

private:
    struct Place {
        const GgufMetadata* metadata = nullptr;
        const GgufTensorInfo* info = nullptr;
    };
    [[nodiscard]] Place locate(std::string_view name) const {
        for (const auto& file : m_files)
            for (const GgufTensorInfo& info : file->tensors())
                if (info.name == name)
                    return {file.get(), &info};
        return {};
    }

    const std::vector<std::shared_ptr<const GgufMetadata>>& m_files;
};

void readShape(GgufFields& fields, const TensorFacts& tensors, ModelConfig& model) {
    const auto integer = [&](std::string_view key, std::int64_t high) {
        return static_cast<int>(fields.integer(key, 1, high));
    };
    model.layers = integer("block_count", mostLayers);
    model.hidden = integer("embedding_length", widestLayer);
    model.intermediate = integer("feed_forward_length", widestLayer * 16);
    model.heads = integer("attention.head_count", mostHeads);
    model.kvHeads = static_cast<int>(fields.integerOr("attention.head_count_kv", model.heads, 1, mostHeads));
    if (!fields.has("attention.key_length") && model.hidden % model.heads != 0)
        fields.refuse("embedding_length", fmt::format("a multiple of the {} heads", model.heads),
                      fmt::format("{}", model.hidden));
    model.rope.headDim =
        static_cast<int>(fields.integerOr("attention.key_length", model.hidden / model.heads, 1, widestHead));
    if (fields.integerOr("attention.value_length", model.rope.headDim, 1, widestHead) != model.rope.headDim)
        fields.refuse("attention.value_length", fmt::format("{}, as the keys", model.rope.headDim), "another width");
    const GgufTensorInfo* embedding = tensors.find("token_embd.weight");
    const std::int64_t rows = embedding && embedding->dims.size() == 2 ? embedding->dims[1] : 0;
    if (rows < 1 || rows > largestVocabulary)
        fields.refuse("vocab_size", "a 2-D tensor token_embd.weight, which says how many tokens there are",
                      embedding ? "shape " + shapeText(embedding->dims) : "none");
    else
        model.vocabulary = static_cast<int>(rows);
    model.tiedEmbeddings = tensors.find("output.weight") == nullptr;
    if (fields.integerOr("expert_count", 0, 0, mostHeads) > 1)
        fields.refuse("expert_count", "a dense model without experts", "more");
}

void readParts(GgufFields& fields, const TensorFacts& tensors, ModelConfig& model) {
    const bool neox = model.architecture == Architecture::gptNeox;
    model.normEpsilon =
        fields.positiveOr(neox ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", 1e-5);
    model.activation = neox ? Activation::gelu : Activation::silu;
    model.queryKeyNorm = model.architecture == Architecture::qwen3;
    model.queryKeyValueBias = tensors.find("blk.0.attn_q.bias") || tensors.find("blk.0.attn_qkv.bias");
    model.outputBias = tensors.find("blk.0.attn_output.bias") != nullptr;
    model.mlpBias = tensors.find("blk.0.ffn_down.bias") != nullptr;
    model.parallelResidual = neox && fields.booleanOr("use_parallel_residual", true);
    if (const auto window = fields.integerOr("attention.sliding_window", 0, 0, longestContext); window > 0)
        model.slidingWindow = window;
}

void readRopeGeometry(GgufFields& fields, ModelConfig& model) {
    model.maxPositions = fields.integer("context_length", 1, longestContext);
    model.rope.trainedLength =
        fields.integerOr("rope.scaling.original_context_length", model.maxPositions, 1, longestContext);
    model.rope.theta = fields.positiveOr("rope.freq_base", 10000);
    if (model.rope.theta <= 1)
        fields.refuse("rope.freq_base", "a base above 1", fmt::format("{}", model.rope.theta));
    model.rope.rotaryDim =
        static_cast<int>(fields.integerOr("rope.dimension_count", model.rope.headDim, 2, model.rope.headDim));
    if (model.rope.rotaryDim % 2 != 0)
        fields.refuse("rope.dimension_count", "an even number", fmt::format("{}", model.rope.rotaryDim));
    // The converter's row order pairs dimensions over the whole head, so a partial one can't be undone.
    if (model.architecture == Architecture::llama && model.rope.rotaryDim != model.rope.headDim)
        fields.refuse("rope.dimension_count", fmt::format("the head's {} dimensions", model.rope.headDim),
                      fmt::format("{}", model.rope.rotaryDim));
}

// llama.cpp's rules: a type named longrope (phi3: always) takes the two lists, else rope_freqs serves where the
// architecture's graph passes it on; linear and yarn come from the keys.
Result<void> readScaling(GgufFields& fields, const TensorFacts& tensors, ModelConfig& model) {
    const std::string type = fields.textOr("rope.scaling.type", "linear");
    const double factor = fields.positiveOr("rope.scaling.factor", 1);
    const double attention = fields.positiveOr("rope.scaling.attn_factor", 1);
    const auto shortFactors = tensors.factors("rope_factors_short.weight", model.rope.pairs());
    if (!shortFactors)
        return fail(shortFactors.error());
    const auto longFactors = tensors.factors("rope_factors_long.weight", model.rope.pairs());
    if (!longFactors)
        return fail(longFactors.error());
    const auto fixed = tensors.factors("rope_freqs.weight", model.rope.pairs());
    if (!fixed)
        return fail(fixed.error());

    const bool phi3 = model.architecture == Architecture::phi3;
    const bool takesLists = phi3 || (model.architecture == Architecture::llama && type == "longrope");
    const bool takesFixed = model.architecture == Architecture::llama && type != "longrope";
    const auto divided = [&](std::vector<double> factors) {
        for (double& value : factors)
            value *= factor;
        return factors;
    };
    const double yarnFactor = type == "yarn" ? factor : 1;
    if (takesLists && !shortFactors->empty() && !longFactors->empty()) {
        model.scaling =
            LongRopeScaling{divided(*shortFactors), divided(*longFactors), attention, model.rope.trainedLength};
    } else if (takesFixed && !fixed->empty()) {
        model.scaling = FixedScaling{divided(*fixed), attention};
    } else if (type == "yarn") {
        YarnScaling yarn;
        yarn.factor = yarnFactor;
        yarn.betaFast = fields.positiveOr("rope.scaling.yarn_beta_fast", 32);
        yarn.betaSlow = fields.positiveOr("rope.scaling.yarn_beta_slow", 1);
        yarn.attentionFactor = attention * yarnAttentionFactor(yarnFactor);
        yarn.originalLength = model.rope.trainedLength;
        model.scaling = yarn;
    } else if (type == "linear" || type == "none" || type == "longrope") {
        const double linear = type == "linear" ? factor : 1;
        if (attention != 1)
            model.scaling =
                FixedScaling{std::vector<double>(static_cast<std::size_t>(model.rope.pairs()), linear), attention};
        else if (linear != 1)
            model.scaling = LinearScaling{linear};
    } else {
        fields.refuse("rope.scaling.type", "none, linear, yarn or longrope", fmt::format("\"{}\"", type.substr(0, 40)));
    }
    return {};
}

} // namespace

Result<ModelConfig> readGgufConfig(const std::filesystem::path& file) {
    const auto files = openGgufFiles(file);
    if (!files)
        return fail(files.error());
    const GgufMetadata& metadata = *files->front();
    const auto prefix = metadata.text("general.architecture");
    if (!prefix)
        return fail(prefix.error());
    const auto architecture = *prefix ? ggufArchitecture(**prefix) : std::nullopt;
    if (!architecture)
        return fail(metadata.badValue("general.architecture", "llama, qwen2, qwen3, phi3 or gptneox",
                                      prefix->value_or("nothing")));
    ModelConfig model;
    model.architecture = *architecture;
    model.sourcePath = file.string();
    GgufFields fields(metadata, **prefix);
    const TensorFacts tensors(*files);
    readShape(fields, tensors, model);
    readParts(fields, tensors, model);
    readRopeGeometry(fields, model);
    if (fields.error())
        return fail(*fields.error());
    if (auto scaling = readScaling(fields, tensors, model); !scaling)
        return fail(scaling.error());
    if (fields.error())
        return fail(*fields.error());
    return model;
}

} // namespace ropescope
