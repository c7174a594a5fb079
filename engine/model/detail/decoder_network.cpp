#include "engine/model/detail/decoder_network.h"

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/weight_loader.h"

namespace ropescope::detail {
namespace {

at::Tensor headsOf(const at::Tensor& stacked, std::int64_t firstRow, std::int64_t heads, std::int64_t headDim) {
    return stacked.narrow(-1, firstRow, heads * headDim).unflatten(-1, {heads, headDim});
}

SelfAttention shapeOf(const ModelConfig& config) {
    SelfAttention attention;
    attention.heads = config.heads;
    attention.kvHeads = config.kvHeads;
    attention.headDim = config.rope.headDim;
    return attention;
}

} // namespace

at::Tensor addSelfAttention(at::Tensor hidden, const RmsNorm& norm, const SelfAttention& weights, int layer,
                            const ForwardPass& pass) {
    const std::int64_t queries = weights.heads * weights.headDim;
    const std::int64_t keys = weights.kvHeads * weights.headDim;
    at::Tensor stacked = pass.math.linear(pass.math.rmsNorm(hidden, norm), weights.queryKeyValue);
    at::Tensor query = headsOf(stacked, 0, weights.heads, weights.headDim);
    at::Tensor key = headsOf(stacked, queries, weights.kvHeads, weights.headDim);
    at::Tensor value = headsOf(stacked, queries + keys, weights.kvHeads, weights.headDim);
    stacked.reset();
    if (weights.queryNorm) {
        query = pass.math.rmsNorm(query, *weights.queryNorm);
        key = pass.math.rmsNorm(key, *weights.keyNorm);
    }
    const at::Tensor seen =
        pass.attention.attend(layer, std::move(query), std::move(key), std::move(value), pass.math, pass.stop);
    return pass.math.addLinear(std::move(hidden), seen, weights.output);
}

at::Tensor addGatedMlp(at::Tensor hidden, const RmsNorm& norm, const GatedMlp& weights, const ForwardPass& pass) {
    const BlockMath& math = pass.math;
    return math.byRows(std::move(hidden), pass.stop, [&](at::Tensor rows) {
        const at::Tensor wide = math.gatedSilu(math.linear(math.rmsNorm(rows, norm), weights.gateUp));
        return math.addLinear(std::move(rows), wide, weights.down);
    });
}

SelfAttention SeparateProjections::attention(const ModelConfig& config, const std::string& layer,
                                             WeightLoader& loader) const {
    SelfAttention attention = shapeOf(config);
    const std::string module = layer + ".self_attn.";
    const std::int64_t queries = attention.heads * attention.headDim;
    const std::int64_t keys = attention.kvHeads * attention.headDim;
    attention.queryKeyValue =
        loader.linear({{module + "q_proj", queries}, {module + "k_proj", keys}, {module + "v_proj", keys}},
                      config.hidden, config.queryKeyValueBias);
    attention.output = loader.linear({{module + "o_proj", config.hidden}}, queries, config.outputBias);
    if (config.queryKeyNorm) {
        attention.queryNorm = loader.rmsNorm(module + "q_norm", attention.headDim, config.normEpsilon);
        attention.keyNorm = loader.rmsNorm(module + "k_norm", attention.headDim, config.normEpsilon);
    }
    return attention;
}

GatedMlp SeparateProjections::mlp(const ModelConfig& config, const std::string& layer, WeightLoader& loader) const {
    const std::string module = layer + ".mlp.";
    GatedMlp mlp;
    mlp.gateUp = loader.linear({{module + "gate_proj", config.intermediate}, {module + "up_proj", config.intermediate}},
                               config.hidden, config.mlpBias);
    mlp.down = loader.linear({{module + "down_proj", config.hidden}}, config.intermediate, config.mlpBias);
    return mlp;
}

SelfAttention FusedProjections::attention(const ModelConfig& config, const std::string& layer,
                                          WeightLoader& loader) const {
    SelfAttention attention = shapeOf(config);
    const std::int64_t queries = attention.heads * attention.headDim;
    const std::int64_t keys = attention.kvHeads * attention.headDim;
    attention.queryKeyValue =
        loader.linear({{layer + ".self_attn.qkv_proj", queries + 2 * keys}}, config.hidden, config.queryKeyValueBias);
    attention.output = loader.linear({{layer + ".self_attn.o_proj", config.hidden}}, queries, config.outputBias);
    return attention;
}

GatedMlp FusedProjections::mlp(const ModelConfig& config, const std::string& layer, WeightLoader& loader) const {
    GatedMlp mlp;
    mlp.gateUp = loader.linear({{layer + ".mlp.gate_up_proj", 2 * config.intermediate}}, config.hidden, config.mlpBias);
    mlp.down = loader.linear({{layer + ".mlp.down_proj", config.hidden}}, config.intermediate, config.mlpBias);
    return mlp;
}

DecoderStack loadStack(const ModelConfig& config, const DecoderBinding& binding, const std::string& prefix,
                       WeightLoader& loader) {
    DecoderStack stack;
    stack.embedding = loader.linear({{prefix + "embed_tokens", config.vocabulary}}, config.hidden, false);
    stack.blocks.reserve(static_cast<std::size_t>(config.layers));
    for (int index = 0; index < config.layers; ++index) {
        const std::string layer = fmt::format("{}layers.{}", prefix, index);
        DecoderBlock block;
        block.inputNorm = loader.rmsNorm(layer + ".input_layernorm", config.hidden, config.normEpsilon);
        block.attention = binding.attention(config, layer, loader);
        block.postAttentionNorm =
            loader.rmsNorm(layer + ".post_attention_layernorm", config.hidden, config.normEpsilon);
        block.mlp = binding.mlp(config, layer, loader);
        stack.blocks.push_back(std::move(block));
    }
    stack.finalNorm = loader.rmsNorm(prefix + "norm", config.hidden, config.normEpsilon);
    return stack;
}

void DecoderStack::visit(ParameterVisitor& visitor) {
    visitor.linear(embedding);
    for (DecoderBlock& block : blocks) {
        visitor.rmsNorm(block.inputNorm);
        visitor.linear(block.attention.queryKeyValue);
        if (block.attention.queryNorm) {
            visitor.rmsNorm(*block.attention.queryNorm);
            visitor.rmsNorm(*block.attention.keyNorm);
        }
        visitor.linear(block.attention.output);
        visitor.rmsNorm(block.postAttentionNorm);
        visitor.linear(block.mlp.gateUp);
        visitor.linear(block.mlp.down);
    }
    visitor.rmsNorm(finalNorm);
}

const DecoderBinding& bindingOf(Architecture architecture) {
    static const SeparateProjections separate;
    static const FusedProjections fused;
    switch (architecture) {
    case Architecture::llama:
    case Architecture::mistral:
    case Architecture::qwen2:
    case Architecture::qwen3:
        return separate;
    case Architecture::phi3:
        return fused;
    case Architecture::gptNeox:
        break;
    }
    raise(failure("this architecture is no decoder with a gated feed-forward"));
}

DecoderNetwork::DecoderNetwork(const ModelConfig& config, const DecoderBinding& binding, WeightLoader& loader)
    : m_stack(loadStack(config, binding, "model.", loader)), m_tied(config.tiedEmbeddings) {
    if (!m_tied)
        m_head = loader.linear({{"lm_head", config.vocabulary}}, config.hidden, false);
    loader.requireAllRead({"rotary_emb.inv_freq"}, {"lm_head.weight"});
}

at::Tensor DecoderNetwork::embed(const at::Tensor& ids) const {
    return at::embedding(m_stack.embedding.weight, ids);
}

at::Tensor DecoderNetwork::layer(int index, at::Tensor hidden, const ForwardPass& pass) const {
    const DecoderBlock& weights = m_stack.blocks[static_cast<std::size_t>(index)];
    hidden = addSelfAttention(std::move(hidden), weights.inputNorm, weights.attention, index, pass);
    return addGatedMlp(std::move(hidden), weights.postAttentionNorm, weights.mlp, pass);
}

at::Tensor DecoderNetwork::finalNorm(const at::Tensor& hidden, const BlockMath& math) const {
    return math.rmsNorm(hidden, m_stack.finalNorm);
}

void DecoderNetwork::visit(ParameterVisitor& visitor) {
    m_stack.visit(visitor);
    if (!m_tied)
        visitor.linear(m_head);
}

} // namespace ropescope::detail
