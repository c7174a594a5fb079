// Exact attention in blocks: memory linear in length, a softmax's logarithmic sum beside the output so that
// results over disjoint sets of keys can be joined.
#pragma once

#include "engine/detail/torch.h"

namespace ropescope::detail {

// Attention of query [batch, queries, heads, head_dim] over key and value [batch, keys, kv_heads, head_dim],
// scores scaled by 1 / sqrt(head_dim); query head h uses kv head h / (heads / kv_heads). With `causal`, query i
// sees keys 0..i (queries == keys). Output [batch, queries, heads, head_dim]. Differentiable.
[[nodiscard]] at::Tensor flashAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                        bool causal);

// The same without an order among keys and with `mask` [batch or 1, keys] (query's type) added to the scores of every
// query; undefined: none. Keys may have a batch of 1 for all queries.
[[nodiscard]] at::Tensor maskedAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                         const at::Tensor& mask);

struct PartialAttention {
    at::Tensor output; // [batch, queries, heads, head_dim]
    at::Tensor logSum; // [batch, queries, heads] float32: ln sum exp(score)
};
[[nodiscard]] PartialAttention partialAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                                bool causal);
// Attention over the union of two disjoint sets of keys from the attention over each.
[[nodiscard]] at::Tensor joinAttention(const PartialAttention& a, const PartialAttention& b);

} // namespace ropescope::detail
