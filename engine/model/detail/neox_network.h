// GPT-NeoX (Pythia): layer norms with bias, partial rotation, a plain GELU layer, attention and MLP in
// parallel or in sequence. All linear layers have a bias.
#pragma once

#include <vector>

#include "engine/model/detail/network.h"

namespace ropescope::detail {

struct NeoxBlock {
    LayerNorm inputNorm, postAttentionNorm;
    Linear queryKeyValue; // rows per head: query, key, value
    Linear dense;
    Linear toWide, fromWide;
};

class NeoxNetwork final : public Network {
public:
    NeoxNetwork(const ModelConfig& config, WeightLoader& loader);

    [[nodiscard]] int layers() const override { return static_cast<int>(m_blocks.size()); }
    [[nodiscard]] at::Tensor embed(const at::Tensor& ids) const override;
    [[nodiscard]] at::Tensor layer(int index, at::Tensor hidden, const ForwardPass& pass) const override;
    [[nodiscard]] at::Tensor finalNorm(const at::Tensor& hidden, const BlockMath& math) const override;
    [[nodiscard]] const Linear& head() const override { return m_tied ? m_embedding : m_head; }
    void visit(ParameterVisitor& visitor) override;

private:
    [[nodiscard]] at::Tensor attend(const NeoxBlock& weights, const at::Tensor& hidden, int index,
                                    const ForwardPass& pass) const;
    [[nodiscard]] at::Tensor widen(const NeoxBlock& weights, const at::Tensor& rows, const ForwardPass& pass) const;

    std::int64_t m_heads = 0, m_headDim = 0;
    bool m_parallel = false;
    bool m_tied = false;
    at::Tensor (*m_activation)(const at::Tensor&) = nullptr;
    Linear m_embedding;
    std::vector<NeoxBlock> m_blocks;
    LayerNorm m_finalNorm;
    Linear m_head;
};

} // namespace ropescope::detail
