// The Llama family: RMS norms, rotary attention with grouped keys, gated SiLU, sequential residuals. Llama,
// Mistral, SmolLM2, Qwen2, Qwen3 and Phi-3 share this layout and differ in how their weights are bound.
#pragma once

#include <optional>
#include <vector>

#include "engine/model/detail/network.h"

namespace ropescope::detail {

struct SelfAttention {
    Linear queryKeyValue; // rows: queries, keys, values
    Linear output;
    std::optional<RmsNorm> queryNorm, keyNorm; // per head, before rotation (Qwen3)
    std::int64_t heads = 0, kvHeads = 0, headDim = 0;
};

struct GatedMlp {
    Linear gateUp; // rows: gate, up
    Linear down;
};

struct DecoderBlock {
    RmsNorm inputNorm;
    SelfAttention attention;
    RmsNorm postAttentionNorm;
    GatedMlp mlp;
};

// The two sublayers over the residual stream, for networks that put something between them:
// hidden + attention(norm(hidden)) and hidden + mlp(norm(hidden)).
[[nodiscard]] at::Tensor addSelfAttention(at::Tensor hidden, const RmsNorm& norm, const SelfAttention& weights,
                                          int layer, const ForwardPass& pass);
[[nodiscard]] at::Tensor addGatedMlp(at::Tensor hidden, const RmsNorm& norm, const GatedMlp& weights,
                                     const ForwardPass& pass);

// How an architecture names and stacks its weights. Sibling types: one per naming.
class DecoderBinding {
public:
    virtual ~DecoderBinding() = default;
    [[nodiscard]] virtual SelfAttention attention(const ModelConfig& config, const std::string& layer,
                                                  WeightLoader& loader) const = 0;
    [[nodiscard]] virtual GatedMlp mlp(const ModelConfig& config, const std::string& layer,
                                       WeightLoader& loader) const = 0;
};

// q_proj, k_proj, v_proj, o_proj; gate_proj, up_proj, down_proj (Llama, Mistral, Qwen2; Qwen3 with its norms).
class SeparateProjections : public DecoderBinding {
public:
    [[nodiscard]] SelfAttention attention(const ModelConfig& config, const std::string& layer,
                                          WeightLoader& loader) const override;
    [[nodiscard]] GatedMlp mlp(const ModelConfig& config, const std::string& layer,
                               WeightLoader& loader) const override;
};

// qkv_proj and gate_up_proj stacked in the file (Phi-3).
class FusedProjections : public DecoderBinding {
public:
    [[nodiscard]] SelfAttention attention(const ModelConfig& config, const std::string& layer,
                                          WeightLoader& loader) const override;
    [[nodiscard]] GatedMlp mlp(const ModelConfig& config, const std::string& layer,
                               WeightLoader& loader) const override;
};

// Token embedding, blocks and final norm: a network without its vocabulary head.
struct DecoderStack {
    Linear embedding; // [vocabulary, hidden]
    std::vector<DecoderBlock> blocks;
    RmsNorm finalNorm;

    // Every parameter once, in the order of the computation.
    void visit(ParameterVisitor& visitor);
};

// The naming that an architecture's checkpoints follow; raises for one that is no gated decoder.
[[nodiscard]] const DecoderBinding& bindingOf(Architecture architecture);

// `prefix` is "model." or, for CEPE's encoder, "encoder.".
[[nodiscard]] DecoderStack loadStack(const ModelConfig& config, const DecoderBinding& binding,
                                     const std::string& prefix, WeightLoader& loader);

class DecoderNetwork final : public Network {
public:
    DecoderNetwork(const ModelConfig& config, const DecoderBinding& binding, WeightLoader& loader);

    [[nodiscard]] int layers() const override { return static_cast<int>(m_stack.blocks.size()); }
    [[nodiscard]] at::Tensor embed(const at::Tensor& ids) const override;
    [[nodiscard]] at::Tensor layer(int index, at::Tensor hidden, const ForwardPass& pass) const override;
    [[nodiscard]] at::Tensor finalNorm(const at::Tensor& hidden, const BlockMath& math) const override;
    [[nodiscard]] const Linear& head() const override { return m_tied ? m_stack.embedding : m_head; }
    void visit(ParameterVisitor& visitor) override;

private:
    DecoderStack m_stack;
    Linear m_head; // empty where tied
    bool m_tied = false;
};

} // namespace ropescope::detail
