#include "engine/model/detail/cepe_network.h"

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/flash.h"
#include "engine/model/detail/weight_loader.h"

namespace ropescope::detail {
namespace {

std::vector<CrossAttention> loadCrossAttention(const ModelConfig& config, WeightLoader& loader) {
    const std::int64_t queries = std::int64_t{config.heads} * config.rope.headDim;
    const std::int64_t keys = std::int64_t{config.kvHeads} * config.rope.headDim;
    const std::int64_t encoded = config.crossAttention->encoder.hidden;
    std::vector<CrossAttention> layers;
    for (int index = config.layers - config.crossAttention->layers; index < config.layers; ++index) {
        const std::string module = fmt::format("model.layers.{}.cross_attn.", index);
        CrossAttention cross;
        cross.norm = loader.rmsNorm(module + "layernorm", config.hidden, config.normEpsilon);
        cross.query = loader.linear({{module + "q_proj", queries}}, config.hidden, config.queryKeyValueBias);
        cross.keyValue =
            loader.linear({{module + "k_proj", keys}, {module + "v_proj", keys}}, encoded, config.queryKeyValueBias);
        cross.output = loader.linear({{module + "o_proj", config.hidden}}, queries, config.outputBias);
        layers.push_back(std::move(cross));
    }
    return layers;
}

// Weights that the configuration switches off: they may be in the file, as for the authors' class.
std::vector<std::string> unusedCrossAttention(const ModelConfig& config) {
    std::vector<std::string> names{"lm_head.weight"};
    for (int index = 0; index < config.layers - config.crossAttention->layers; ++index)
        for (const char* part : {"layernorm", "q_proj", "k_proj", "v_proj", "o_proj"})
            names.push_back(fmt::format("model.layers.{}.cross_attn.{}.weight", index, part));
    return names;
}

} // namespace

CepeNetwork::CepeNetwork(const ModelConfig& config, const DecoderBinding& binding, WeightLoader& loader)
    : m_decoder(loadStack(config, binding, "model.", loader)), m_cross(loadCrossAttention(config, loader)),
      m_encoder(*config.crossAttention, loader), m_tied(config.tiedEmbeddings) {
    if (!m_tied)
        m_head = loader.linear({{"lm_head", config.vocabulary}}, config.hidden, false);
    loader.requireAllRead({"rotary_emb.inv_freq"}, unusedCrossAttention(config));
}

at::Tensor CepeNetwork::embed(const at::Tensor& ids) const {
    return at::embedding(m_decoder.embedding.weight, ids);
}

at::Tensor CepeNetwork::layer(int index, at::Tensor hidden, const ForwardPass& pass) const {
    const DecoderBlock& weights = block(index);
    hidden = addSelfAttention(std::move(hidden), weights.inputNorm, weights.attention, index, pass);
    return addGatedMlp(std::move(hidden), weights.postAttentionNorm, weights.mlp, pass);
}

at::Tensor CepeNetwork::finalNorm(const at::Tensor& hidden, const BlockMath& math) const {
    return math.rmsNorm(hidden, m_decoder.finalNorm);
}

void CepeNetwork::visit(ParameterVisitor& visitor) {
    m_encoder.visit(visitor);
    m_decoder.visit(visitor);
    for (CrossAttention& cross : m_cross) {
        visitor.rmsNorm(cross.norm);
        visitor.linear(cross.query);
        visitor.linear(cross.keyValue);
        visitor.linear(cross.output);
    }
    if (!m_tied)
        visitor.linear(m_head);
}

const CrossAttention* CepeNetwork::crossAttention(int index) const {
    return index < firstCrossLayer() ? nullptr : &m_cross[static_cast<std::size_t>(index - firstCrossLayer())];
}

ContextKeys CepeNetwork::keysOf(const EncodedContext& context, int index, const BlockMath& math) const {
    const bool several = context.states.size() > 1;
    const at::Tensor& state =
        several ? context.states[static_cast<std::size_t>(index - firstCrossLayer())] : context.states.back();
    const SelfAttention& shape = block(index).attention;
    const at::Tensor stacked = math.linear(state, crossAttention(index)->keyValue);
    const std::int64_t width = shape.kvHeads * shape.headDim;
    const auto part = [&](std::int64_t first) {
        return stacked.narrow(-1, first, width).unflatten(-1, {shape.kvHeads, shape.headDim});
    };
    return {part(0), part(width)};
}

at::Tensor CepeNetwork::addCrossAttention(at::Tensor hidden, int index, const ContextKeys& keys, const at::Tensor& mask,
                                          const ForwardPass& pass) const {
    const CrossAttention& weights = *crossAttention(index);
    const SelfAttention& shape = block(index).attention;
    const at::Tensor query = pass.math.linear(pass.math.rmsNorm(hidden, weights.norm), weights.query)
                                 .unflatten(-1, {shape.heads, shape.headDim});
    throwIfStopped(pass.stop);
    const at::Tensor seen = maskedAttention(query, keys.key, keys.value, mask).flatten(-2);
    return pass.math.addLinear(std::move(hidden), seen, weights.output);
}

NetworkInContext::NetworkInContext(std::shared_ptr<CepeNetwork> network, EncodedContext context,
                                   ContextKeyMemory memory, const BlockMath& math)
    : m_network(std::move(network)), m_context(std::move(context)),
      m_keys(static_cast<std::size_t>(m_network->layers())) {
    if (memory == ContextKeyMemory::recomputed)
        return;
    const at::NoGradGuard noGraph;
    for (int index = 0; index < layers(); ++index)
        if (m_network->crossAttention(index))
            m_keys[static_cast<std::size_t>(index)] = m_network->keysOf(m_context, index, math);
}

at::Tensor NetworkInContext::layer(int index, at::Tensor hidden, const ForwardPass& pass) const {
    if (!m_network->crossAttention(index))
        return m_network->layer(index, std::move(hidden), pass);
    const DecoderBlock& weights = m_network->block(index);
    hidden = addSelfAttention(std::move(hidden), weights.inputNorm, weights.attention, index, pass);
    const std::optional<ContextKeys>& kept = m_keys[static_cast<std::size_t>(index)];
    const ContextKeys keys = kept ? *kept : m_network->keysOf(m_context, index, pass.math);
    hidden = m_network->addCrossAttention(std::move(hidden), index, keys, m_context.mask, pass);
    return addGatedMlp(std::move(hidden), weights.postAttentionNorm, weights.mlp, pass);
}

} // namespace ropescope::detail
