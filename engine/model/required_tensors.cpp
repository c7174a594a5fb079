#include "engine/model/required_tensors.h"

#include <fmt/format.h>

#include "engine/model/context_config.h"

namespace ropescope {
namespace {

class TensorList {
public:
    void weight(const std::string& name, std::vector<std::int64_t> shape) {
        tensors.push_back({name + ".weight", std::move(shape)});
    }
    void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias) {
        weight(name, {out, in});
        if (bias)
            tensors.push_back({name + ".bias", {out}});
    }
    void layerNorm(const std::string& name, std::int64_t width) {
        weight(name, {width});
        tensors.push_back({name + ".bias", {width}});
    }

    std::vector<TensorShape> tensors;
};

struct AttentionWidths {
    std::int64_t query, keyValue;
    explicit AttentionWidths(const ModelConfig& config)
        : query(std::int64_t{config.heads} * config.rope.headDim),
          keyValue(std::int64_t{config.kvHeads} * config.rope.headDim) {}
};

void addAttention(TensorList& list, const ModelConfig& config, const std::string& layer) {
    const AttentionWidths widths(config);
    const std::string attention = layer + "self_attn.";
    if (config.architecture == Architecture::phi3) {
        list.linear(attention + "qkv_proj", widths.query + 2 * widths.keyValue, config.hidden,
                    config.queryKeyValueBias);
    } else {
        list.linear(attention + "q_proj", widths.query, config.hidden, config.queryKeyValueBias);
        list.linear(attention + "k_proj", widths.keyValue, config.hidden, config.queryKeyValueBias);
        list.linear(attention + "v_proj", widths.keyValue, config.hidden, config.queryKeyValueBias);
    }
    if (config.queryKeyNorm) {
        list.weight(attention + "q_norm", {config.rope.headDim});
        list.weight(attention + "k_norm", {config.rope.headDim});
    }
    list.linear(attention + "o_proj", config.hidden, widths.query, config.outputBias);
}

void addGatedFeedForward(TensorList& list, const ModelConfig& config, const std::string& layer) {
    if (config.architecture == Architecture::phi3) {
        list.linear(layer + "mlp.gate_up_proj", std::int64_t{2} * config.intermediate, config.hidden, config.mlpBias);
    } else {
        list.linear(layer + "mlp.gate_proj", config.intermediate, config.hidden, config.mlpBias);
        list.linear(layer + "mlp.up_proj", config.intermediate, config.hidden, config.mlpBias);
    }
    list.linear(layer + "mlp.down_proj", config.hidden, config.intermediate, config.mlpBias);
}

// CEPE's cross-attention between a layer's self-attention and its feed-forward.
void addCrossAttention(TensorList& list, const ModelConfig& config, const std::string& layer) {
    const AttentionWidths widths(config);
    const std::int64_t encoded = config.crossAttention->encoder.hidden;
    const std::string attention = layer + "cross_attn.";
    list.weight(attention + "layernorm", {config.hidden});
    list.linear(attention + "q_proj", widths.query, config.hidden, config.queryKeyValueBias);
    list.linear(attention + "k_proj", widths.keyValue, encoded, config.queryKeyValueBias);
    list.linear(attention + "v_proj", widths.keyValue, encoded, config.queryKeyValueBias);
    list.linear(attention + "o_proj", config.hidden, widths.query, config.outputBias);
}

// Llama and its relatives up to the final norm: RMSNorm, gated feed-forward. `prefix` is "model." or "encoder.".
void addGatedStack(TensorList& list, const ModelConfig& config, const std::string& prefix) {
    list.weight(prefix + "embed_tokens", {config.vocabulary, config.hidden});
    for (int index = 0; index < config.layers; ++index) {
        const std::string layer = fmt::format("{}layers.{}.", prefix, index);
        list.weight(layer + "input_layernorm", {config.hidden});
        addAttention(list, config, layer);
        if (config.crossAttention && index >= config.layers - config.crossAttention->layers)
            addCrossAttention(list, config, layer);
        list.weight(layer + "post_attention_layernorm", {config.hidden});
        addGatedFeedForward(list, config, layer);
    }
    list.weight(prefix + "norm", {config.hidden});
}

void addGatedModel(TensorList& list, const ModelConfig& config) {
    if (config.crossAttention)
        addGatedStack(list, config.crossAttention->encoder, "encoder.");
    addGatedStack(list, config, "model.");
    if (!config.tiedEmbeddings)
        list.weight("lm_head", {config.vocabulary, config.hidden});
}

void addGptNeox(TensorList& list, const ModelConfig& config) {
    const std::int64_t width = AttentionWidths(config).query;
    list.weight("gpt_neox.embed_in", {config.vocabulary, config.hidden});
    for (int index = 0; index < config.layers; ++index) {
        const std::string layer = fmt::format("gpt_neox.layers.{}.", index);
        list.layerNorm(layer + "input_layernorm", config.hidden);
        list.layerNorm(layer + "post_attention_layernorm", config.hidden);
        list.linear(layer + "attention.query_key_value", 3 * width, config.hidden, config.queryKeyValueBias);
        list.linear(layer + "attention.dense", config.hidden, width, config.outputBias);
        list.linear(layer + "mlp.dense_h_to_4h", config.intermediate, config.hidden, config.mlpBias);
        list.linear(layer + "mlp.dense_4h_to_h", config.hidden, config.intermediate, config.mlpBias);
    }
    list.layerNorm("gpt_neox.final_layer_norm", config.hidden);
    if (!config.tiedEmbeddings)
        list.weight("embed_out", {config.vocabulary, config.hidden});
}

} // namespace

std::vector<TensorShape> requiredTensors(const ModelConfig& config) {
    TensorList list;
    if (config.architecture == Architecture::gptNeox)
        addGptNeox(list, config);
    else
        addGatedModel(list, config);
    return std::move(list.tensors);
}

std::int64_t parameterCount(const ModelConfig& config) {
    std::int64_t total = 0;
    for (const TensorShape& tensor : requiredTensors(config)) {
        std::int64_t elements = 1;
        for (const std::int64_t axis : tensor.shape)
            elements *= axis;
        total += elements;
    }
    return total;
}

Result<void> checkTensors(const Checkpoint& checkpoint, const ModelConfig& config) {
    for (const TensorShape& tensor : requiredTensors(config))
        if (const auto found = checkpoint.require(tensor.name, tensor.shape); !found)
            return fail(found.error());
    return {};
}

} // namespace ropescope
