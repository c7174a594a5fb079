#include "engine/model/detail/sliding_attention.h"

#include <utility>

namespace ropescope::detail {
namespace {

WindowedRules windowOf(const ModelConfig& model) {
    return {*model.slidingWindow, 0, FarDistance::actual};
}

std::vector<bool> fullLayersOf(const AttentionBatch& batch) {
    std::vector<bool> full = batch.model->fullLayers;
    full.resize(static_cast<std::size_t>(batch.layers));
    return full;
}

} // namespace

SlidingAttentionPass::SlidingAttentionPass(const AttentionBatch& batch)
    : m_window(*batch.model->slidingWindow), m_fullLayers(fullLayersOf(batch)), m_full(batch),
      m_windowed(windowOf(*batch.model), batch, false) {}

void SlidingAttentionPass::begin(std::int64_t count) {
    m_beyond = count > m_window;
    m_full.begin(count);
    if (m_beyond)
        m_windowed.begin(count);
}

at::Tensor SlidingAttentionPass::attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                        const BlockMath& math, const std::stop_token& stop) {
    Attention& form =
        m_beyond && !m_fullLayers[static_cast<std::size_t>(layer)] ? static_cast<Attention&>(m_windowed) : m_full;
    return form.attend(layer, std::move(query), std::move(key), std::move(value), math, stop);
}

CachedSlidingAttention::CachedSlidingAttention(const AttentionBatch& batch)
    : m_fullLayers(fullLayersOf(batch)), m_full(batch), m_windowed(windowOf(*batch.model), batch, true) {}

void CachedSlidingAttention::begin(std::int64_t count) {
    m_full.begin(count);
    m_windowed.begin(count);
}

at::Tensor CachedSlidingAttention::attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                          const BlockMath& math, const std::stop_token& stop) {
    Attention& form = m_fullLayers[static_cast<std::size_t>(layer)] ? static_cast<Attention&>(m_full) : m_windowed;
    return form.attend(layer, std::move(query), std::move(key), std::move(value), math, stop);
}

void CachedSlidingAttention::truncate(std::int64_t length) {
    m_windowed.truncate(length); // may refuse; then nothing has changed
    m_full.truncate(length);
}

} // namespace ropescope::detail
