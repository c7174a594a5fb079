// CEPE (arXiv 2402.16617): a decoder whose last layers attend, between self-attention and feed-forward, to what an
// encoder makes of chunks of context.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/model/detail/context_encoder.h"
#include "engine/model/detail/decoder_network.h"

namespace ropescope::detail {

// hidden + output(attention(query(norm(hidden)), keys and values of the context)): no rotation, no causal order, no
// gate; key heads are grouped as in the layer's self-attention.
struct CrossAttention {
    RmsNorm norm;
    Linear query;
    Linear keyValue; // rows: keys, values; columns: the encoder's width
    Linear output;
};

// A layer's keys and values of a context, [batch or 1, tokens, kv_heads, head_dim].
struct ContextKeys {
    at::Tensor key, value;
};

// Read without a context it is its decoder exactly.
class CepeNetwork final : public Network {
public:
    CepeNetwork(const ModelConfig& config, const DecoderBinding& binding, WeightLoader& loader);

    [[nodiscard]] int layers() const override { return static_cast<int>(m_decoder.blocks.size()); }
    [[nodiscard]] at::Tensor embed(const at::Tensor& ids) const override;
    [[nodiscard]] at::Tensor layer(int index, at::Tensor hidden, const ForwardPass& pass) const override;
    [[nodiscard]] at::Tensor finalNorm(const at::Tensor& hidden, const BlockMath& math) const override;
    [[nodiscard]] const Linear& head() const override { return m_tied ? m_decoder.embedding : m_head; }
    void visit(ParameterVisitor& visitor) override;

    [[nodiscard]] const ContextEncoder& encoder() const { return m_encoder; }
    [[nodiscard]] const DecoderBlock& block(int index) const {
        return m_decoder.blocks[static_cast<std::size_t>(index)];
    }
    // The encoder's parameters alone.
    void visitEncoder(ParameterVisitor& visitor) { m_encoder.visit(visitor); }
    // Null for a layer without cross-attention.
    [[nodiscard]] const CrossAttention* crossAttention(int index) const;
    // Of a layer with cross-attention.
    [[nodiscard]] ContextKeys keysOf(const EncodedContext& context, int index, const BlockMath& math) const;
    [[nodiscard]] at::Tensor addCrossAttention(at::Tensor hidden, int index, const ContextKeys& keys,
                                               const at::Tensor& mask, const ForwardPass& pass) const;

private:
    [[nodiscard]] int firstCrossLayer() const { return layers() - static_cast<int>(m_cross.size()); }

    DecoderStack m_decoder;
    std::vector<CrossAttention> m_cross; // of the last layers
    ContextEncoder m_encoder;
    Linear m_head; // empty where tied
    bool m_tied = false;
};

// Whether the keys and values of every layer are kept (decoding, many sequences in one context) or made when a layer
// needs them (one pass, gradients).
enum class ContextKeyMemory { kept, recomputed };

// A CEPE network in view of one context: a network like any other. Every sequence of a batch has its own context, or
// all share one. Kept keys have no gradients.
class NetworkInContext final : public Network {
public:
    NetworkInContext(std::shared_ptr<CepeNetwork> network, EncodedContext context, ContextKeyMemory memory,
                     const BlockMath& math);

    [[nodiscard]] int layers() const override { return m_network->layers(); }
    [[nodiscard]] at::Tensor embed(const at::Tensor& ids) const override { return m_network->embed(ids); }
    [[nodiscard]] at::Tensor layer(int index, at::Tensor hidden, const ForwardPass& pass) const override;
    [[nodiscard]] at::Tensor finalNorm(const at::Tensor& hidden, const BlockMath& math) const override {
        return m_network->finalNorm(hidden, math);
    }
    [[nodiscard]] const Linear& head() const override { return m_network->head(); }
    void visit(ParameterVisitor& visitor) override { m_network->visit(visitor); }

private:
    std::shared_ptr<CepeNetwork> m_network;
    EncodedContext m_context;
    std::vector<std::optional<ContextKeys>> m_keys; // by layer
};

} // namespace ropescope::detail
