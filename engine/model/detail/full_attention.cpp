#include "engine/model/detail/full_attention.h"

#include <algorithm>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/flash.h"

namespace ropescope::detail {
namespace {

// Makes room for `length` positions, keeping the first `kept`.
void reserve(at::Tensor& cache, const at::Tensor& like, std::int64_t kept, std::int64_t length) {
    const std::int64_t capacity = cache.defined() ? cache.size(1) : 0;
    if (length <= capacity)
        return;
    at::Tensor larger =
        at::empty({like.size(0), std::max(length, 2 * capacity), like.size(2), like.size(3)}, like.options());
    if (kept > 0)
        larger.narrow(1, 0, kept).copy_(cache.narrow(1, 0, kept));
    cache = larger;
}

} // namespace

FullAttentionPass::FullAttentionPass(const AttentionBatch& batch) : m_batch(batch) {}

void FullAttentionPass::begin(std::int64_t count) {
    m_tables = m_batch.tables(0, count);
}

at::Tensor FullAttentionPass::attend(int, at::Tensor query, at::Tensor key, at::Tensor value, const BlockMath& math,
                                     const std::stop_token& stop) {
    query = math.rotate(std::move(query), m_tables);
    key = math.rotate(std::move(key), m_tables);
    throwIfStopped(stop);
    return flashAttention(query, key, value, true).flatten(-2);
}

CachedFullAttention::CachedFullAttention(const AttentionBatch& batch)
    : m_batch(batch), m_layers(static_cast<std::size_t>(batch.layers)) {}

void CachedFullAttention::begin(std::int64_t count) {
    m_first = m_length;
    m_length += count;
    m_tables = m_batch.tables(m_first, count);
}

at::Tensor CachedFullAttention::attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                       const BlockMath& math, const std::stop_token& stop) {
    query = math.rotate(std::move(query), m_tables);
    key = math.rotate(std::move(key), m_tables);
    throwIfStopped(stop);
    LayerCache& cache = m_layers[static_cast<std::size_t>(layer)];
    reserve(cache.key, key, m_first, m_length);
    reserve(cache.value, value, m_first, m_length);
    const std::int64_t count = query.size(1);
    cache.key.narrow(1, m_first, count).copy_(key);
    cache.value.narrow(1, m_first, count).copy_(value);
    if (m_first == 0)
        return flashAttention(query, key, value, true).flatten(-2);
    if (count == 1)
        return flashAttention(query, cache.key.narrow(1, 0, m_length), cache.value.narrow(1, 0, m_length), false)
            .flatten(-2);
    const PartialAttention past =
        partialAttention(query, cache.key.narrow(1, 0, m_first), cache.value.narrow(1, 0, m_first), false);
    return joinAttention(past, partialAttention(query, key, value, true)).flatten(-2);
}

} // namespace ropescope::detail
