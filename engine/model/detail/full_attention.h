// Plain causal attention: every earlier key at its own distance.
#pragma once

#include <vector>

#include "engine/model/detail/attention.h"

namespace ropescope::detail {

// One pass over whole sequences.
class FullAttentionPass final : public Attention {
public:
    explicit FullAttentionPass(const AttentionBatch& batch);
    void begin(std::int64_t count) override;
    [[nodiscard]] at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                    const BlockMath& math, const std::stop_token& stop) override;

private:
    AttentionBatch m_batch;
    RotaryTables m_tables;
};

// With a cache of rotated keys and values, which grows by doubling.
class CachedFullAttention final : public CachedAttention {
public:
    explicit CachedFullAttention(const AttentionBatch& batch);
    void begin(std::int64_t count) override;
    [[nodiscard]] at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                    const BlockMath& math, const std::stop_token& stop) override;
    [[nodiscard]] std::int64_t length() const override { return m_length; }
    void truncate(std::int64_t length) override { m_length = length; }

private:
    struct LayerCache {
        at::Tensor key, value; // [batch, capacity, kv_heads, head_dim]
    };

    AttentionBatch m_batch;
    RotaryTables m_tables; // of the positions under way
    std::vector<LayerCache> m_layers;
    std::int64_t m_first = 0;  // of the positions under way
    std::int64_t m_length = 0; // with them
};

} // namespace ropescope::detail
