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

at::Tensor NeoxNetwork::attend(const NeoxBlock& weights, const at::Tensor& hidden, int index,
                               const ForwardPass& pass) const {
    const std::vector<at::Tensor> parts =
        pass.math.linear(pass.math.layerNorm(hidden, weights.inputNorm), weights.queryKeyValue)
            .unflatten(-1, {m_heads, 3, m_headDim})
            .unbind(-2);
    return pass.attention.attend(index, parts[0], parts[1], parts[2], pass.math, pass.stop);
}

at::Tensor NeoxNetwork::widen(const NeoxBlock& weights, const at::Tensor& rows, const ForwardPass& pass) const {
    return m_activation(pass.math.linear(pass.math.layerNorm(rows, weights.postAttentionNorm), weights.toWide));
}

// In parallel form the MLP reads the residual stream as it was before attention: the attention's share is added
// after the MLP has read its rows.
at::Tensor NeoxNetwork::layer(int index, at::Tensor hidden, const ForwardPass& pass) const {
    const NeoxBlock& weights = m_blocks[static_cast<std::size_t>(index)];
    const BlockMath& math = pass.math;
    const at::Tensor seen = attend(weights, hidden, index, pass);
    if (!m_parallel)
        hidden = math.addLinear(std::move(hidden), seen, weights.dense);
    hidden = math.byRows(std::move(hidden), pass.stop, [&](at::Tensor rows) {
        const at::Tensor wide = widen(weights, rows, pass);
        return math.addLinear(std::move(rows), wide, weights.fromWide);
    });
    return m_parallel ? math.addLinear(std::move(hidden), seen, weights.dense) : hidden;
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
