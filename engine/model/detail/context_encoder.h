// CEPE's encoder: chunks of context in, the states that a decoder's cross-attention reads out.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/model/context_config.h"
#include "engine/model/detail/decoder_network.h"
#include "engine/model/detail/rotary.h"

namespace ropescope::detail {

// Contexts as they go into the encoder, on the network's device.
struct ContextIds {
    at::Tensor ids;  // [batch, chunks, positions] int64
    at::Tensor real; // the same shape, bool; false: padding. Undefined: no padding
};

// What a decoder reads: the encoder's states with the chunks of a sequence end to end.
struct EncodedContext {
    std::vector<at::Tensor> states; // [batch, tokens, encoder hidden] each; as many as are read, the last one normed
    at::Tensor mask; // [batch, tokens], added to the scores of every query: the lowest number where a key is padding,
                     // so that a context of nothing but padding is read uniformly, as by the authors' eager attention
};

// Every chunk is read by itself, in both directions, with positions from 0 (arXiv 2402.16617, section 2.1).
class ContextEncoder {
public:
    ContextEncoder(const CrossAttentionConfig& config, WeightLoader& loader);

    [[nodiscard]] int layers() const { return static_cast<int>(m_stack.blocks.size()); }
    // How many of its states a decoder reads: 1, or as many as there are layers with cross-attention.
    [[nodiscard]] int statesRead() const { return m_statesRead; }
    [[nodiscard]] int vocabulary() const { return m_config.vocabulary; }

    // rows: [chunks, positions], embedded: [chunks, positions, hidden].
    [[nodiscard]] at::Tensor embed(const at::Tensor& rows) const;
    [[nodiscard]] at::Tensor layer(int index, at::Tensor hidden, const ForwardPass& pass) const;
    [[nodiscard]] at::Tensor finalNorm(const at::Tensor& hidden, const BlockMath& math) const;
    // Attention within chunks; `mask` [chunks, positions] as in EncodedContext, undefined for no padding.
    [[nodiscard]] std::unique_ptr<Attention> attention(const at::Tensor& mask, std::int64_t positions,
                                                       at::ScalarType type, at::Device device) const;

    // Without gradients; a few thousand tokens at a time, so that memory beyond the states doesn't grow with them.
    [[nodiscard]] EncodedContext encode(const ContextIds& context, const BlockMath& math, at::ScalarType type,
                                        const std::stop_token& stop) const;

    void visit(ParameterVisitor& visitor) { m_stack.visit(visitor); }

private:
    ModelConfig m_config;
    int m_statesRead = 1;
    std::int64_t m_paddingId = -1; // none
    DecoderStack m_stack;
};

// Every position of a row sees every other of it; `mask` as in EncodedContext, of the rows, undefined for no padding.
[[nodiscard]] std::unique_ptr<Attention> attentionInBothDirections(RotaryTables tables, at::Tensor mask);

// Zeros, and the lowest number of `type` where `real` is false; undefined where `real` is.
[[nodiscard]] at::Tensor paddingMask(const at::Tensor& real, at::ScalarType type);

// An encoding that gradients go back through, with only the layers' inputs kept meanwhile (see backward.h).
class EncoderPass {
public:
    // Runs the encoder. It, `math` and `stop`'s owner must outlive this object.
    EncoderPass(const ContextEncoder& encoder, const ContextIds& context, const BlockMath& math, at::ScalarType type,
                std::stop_token stop);

    // Its states collect gradients.
    [[nodiscard]] const EncodedContext& context() const { return m_context; }
    // Carries what they have collected on to the encoder's weights. Once.
    void backward();

private:
    [[nodiscard]] std::int64_t firstStateRead() const { return m_encoder.layers() + 1 - m_encoder.statesRead(); }
    // The gradient that state `index` has collected, in the shape of the rows; undefined where none was.
    [[nodiscard]] at::Tensor collected(std::int64_t index) const;

    const ContextEncoder& m_encoder;
    const BlockMath& m_math;
    std::stop_token m_stop;
    std::unique_ptr<Attention> m_attention;
    std::int64_t m_positions = 0;
    at::Tensor m_embedded;            // [rows, positions, hidden], with its graph
    std::vector<at::Tensor> m_inputs; // of every layer, and the last one's output
    EncodedContext m_context;
};

} // namespace ropescope::detail
