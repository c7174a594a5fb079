#include "engine/model/detail/neox_network.h"

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/weight_loader.h"

namespace ropescope::detail {
namespace {

at::Tensor exactGelu(const at::Tensor& x) {
    return at::gelu(x);
}

at::Tensor tanhGelu(const at::Tensor& x) {
    return at::gelu(x, "tanh");
}

at::Tensor relu(const at::Tensor& x) {
    return at::relu(x);
}

at::Tensor silu(const at::Tensor& x) {
    return at::silu(x);
}

at::Tensor (*activationOf(Activation activation))(const at::Tensor&) {
    switch (activation) {
    case Activation::gelu:
        return exactGelu;
    case Activation::geluTanh:
        return tanhGelu;
    case Activation::relu:
        return relu;
    case Activation::silu:
        return silu;
    }
    raise(failure("this activation has no formula"));
}

} // namespace

NeoxNetwork::NeoxNetwork(const ModelConfig& config, WeightLoader& loader)
    : m_heads(config.heads), m_headDim(config.rope.headDim), m_parallel(config.parallelResidual),
      m_tied(config.tiedEmbeddings), m_activation(activationOf(config.activation)) {
    const std::int64_t width = m_heads * m_headDim;
    m_embedding = loader.linear({{"gpt_neox.embed_in", config.vocabulary}}, config.hidden, false);
    for (int index = 0; index < config.layers; ++index) {
        const std::string layer = fmt::format("gpt_neox.layers.{}.", index);
        NeoxBlock block;
        block.inputNorm = loader.layerNorm(layer + "input_layernorm", config.hidden, config.normEpsilon);
        block.postAttentionNorm =
            loader.layerNorm(layer + "post_attention_layernorm", config.hidden, config.normEpsilon);
        block.queryKeyValue =
            loader.linear({{layer + "attention.query_key_value", 3 * width}}, config.hidden, config.queryKeyValueBias);
        block.dense = loader.linear({{layer + "attention.dense", config.hidden}}, width, config.outputBias);
        block.toWide =
            loader.linear({{layer + "mlp.dense_h_to_4h", config.intermediate}}, config.hidden, config.mlpBias);
        block.fromWide =
            loader.linear({{layer + "mlp.dense_4h_to_h", config.hidden}}, config.intermediate, config.mlpBias);
        m_blocks.push_back(std::move(block));
    }
    m_finalNorm = loader.layerNorm("gpt_neox.final_layer_norm", config.hidden, config.normEpsilon);
    if (!m_tied)
        m_head = loader.linear({{"embed_out", config.vocabulary}}, config.hidden, false);
    loader.requireAllRead({"rotary_emb.inv_freq", "attention.bias", "attention.masked_bias"}, {"embed_out.weight"});
}

at::Tensor NeoxNetwork::embed(const at::Tensor& ids) const {
    return at::embedding(m_embedding.weight, ids);
}

at::Tensor NeoxNetwork::attention(const NeoxBlock& weights, const at::Tensor& x, int index,
                                  const ForwardPass& pass) const {
    const std::vector<at::Tensor> parts =
        pass.math.linear(x, weights.queryKeyValue).unflatten(-1, {m_heads, 3, m_headDim}).unbind(-2);
    return pass.math.linear(pass.attention.attend(index, parts[0], parts[1], parts[2], pass.math, pass.stop),
                            weights.dense);
}

at::Tensor NeoxNetwork::mlp(const NeoxBlock& weights, const at::Tensor& x, const ForwardPass& pass) const {
    return pass.math.linear(m_activation(pass.math.linear(x, weights.toWide)), weights.fromWide);
}

at::Tensor NeoxNetwork::layer(int index, at::Tensor hidden, const ForwardPass& pass) const {
    const NeoxBlock& weights = m_blocks[static_cast<std::size_t>(index)];
    const at::Tensor seen = attention(weights, pass.math.layerNorm(hidden, weights.inputNorm), index, pass);
    throwIfStopped(pass.stop);
    if (m_parallel) {
        const at::Tensor thought = mlp(weights, pass.math.layerNorm(hidden, weights.postAttentionNorm), pass);
        return pass.math.add(pass.math.add(std::move(hidden), seen), thought);
    }
    hidden = pass.math.add(std::move(hidden), seen);
    const at::Tensor thought = mlp(weights, pass.math.layerNorm(hidden, weights.postAttentionNorm), pass);
    return pass.math.add(std::move(hidden), thought);
}

at::Tensor NeoxNetwork::finalNorm(const at::Tensor& hidden, const BlockMath& math) const {
    return math.layerNorm(hidden, m_finalNorm);
}

void NeoxNetwork::visit(ParameterVisitor& visitor) {
    visitor.linear(m_embedding);
    for (NeoxBlock& block : m_blocks) {
        visitor.layerNorm(block.inputNorm);
        visitor.layerNorm(block.postAttentionNorm);
        visitor.linear(block.queryKeyValue);
        visitor.linear(block.dense);
        visitor.linear(block.toWide);
        visitor.linear(block.fromWide);
    }
    visitor.layerNorm(m_finalNorm);
    if (!m_tied)
        visitor.linear(m_head);
}

} // namespace ropescope::detail
