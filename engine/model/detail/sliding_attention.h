// The attention of a model trained with a sliding window (Mistral, Phi-3, Qwen2 with use_sliding_window): its layers
// see the last `window` keys, or all of them where the configuration says so (layer_types, max_window_layers).
#pragma once

#include <vector>

#include "engine/model/detail/full_attention.h"
#include "engine/model/detail/windowed_attention.h"

namespace ropescope::detail {

// One pass over whole sequences; within the window it is full attention.
class SlidingAttentionPass final : public Attention {
public:
    // batch.model has a sliding window.
    explicit SlidingAttentionPass(const AttentionBatch& batch);
    void begin(std::int64_t count) override;
    [[nodiscard]] at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                    const BlockMath& math, const std::stop_token& stop) override;

private:
    std::int64_t m_window;
    std::vector<bool> m_fullLayers; // as configured, one a layer
    bool m_beyond = false;          // the pass is longer than the window
    FullAttentionPass m_full;
    WindowedAttention m_windowed;
};

// With a cache: a layer with a window remembers about a window of keys only.
class CachedSlidingAttention final : public CachedAttention {
public:
    explicit CachedSlidingAttention(const AttentionBatch& batch);
    void begin(std::int64_t count) override;
    [[nodiscard]] at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                    const BlockMath& math, const std::stop_token& stop) override;
    [[nodiscard]] std::int64_t length() const override { return m_windowed.length(); }
    void truncate(std::int64_t length) override;

private:
    std::vector<bool> m_fullLayers;
    CachedFullAttention m_full;
    WindowedAttention m_windowed;
};

} // namespace ropescope::detail
