#include "engine/model/detail/flash.h"

#include <cmath>

#include "engine/model/detail/gpu_attention.h"

namespace ropescope::detail {
namespace {

// Query, key and value as [batch, heads, positions, head_dim] with as many key heads as query heads.
struct HeadMajor {
    at::Tensor query, key, value;
    bool groupsAsHeads = false; // kv heads became the batch axis, the queries of a group the head axis
};

at::Tensor repeatHeads(const at::Tensor& x, std::int64_t group) {
    return x.unsqueeze(3).expand({-1, -1, -1, group, -1}).flatten(2, 3);
}

// Grouped keys are shared by strides, not copied, wherever the batch axis or the head axis is free for it.
HeadMajor headMajor(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
    const std::int64_t heads = query.size(2);
    const std::int64_t kvHeads = key.size(2);
    const std::int64_t group = heads / kvHeads;
    if (group == 1)
        return {query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)};
    if (kvHeads == 1)
        return {query.transpose(1, 2), key.transpose(1, 2).expand({-1, heads, -1, -1}),
                value.transpose(1, 2).expand({-1, heads, -1, -1})};
    if (query.size(0) == 1)
        return {query.squeeze(0).unflatten(1, {kvHeads, group}).permute({1, 2, 0, 3}),
                key.permute({2, 0, 1, 3}).expand({-1, group, -1, -1}),
                value.permute({2, 0, 1, 3}).expand({-1, group, -1, -1}), true};
    return {query.transpose(1, 2), repeatHeads(key, group).transpose(1, 2), repeatHeads(value, group).transpose(1, 2)};
}

at::Tensor positionMajor(const at::Tensor& output, bool groupsAsHeads) {
    if (!groupsAsHeads)
        return output.transpose(1, 2);
    return output.permute({2, 0, 1, 3}).flatten(1, 2).unsqueeze(0);
}

} // namespace

at::Tensor flashAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    if (query.is_cpu())
        return partialAttention(query, key, value, causal).output;
    if (at::GradMode::is_enabled())
        return at::scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), {},
                                                0.0, causal, std::nullopt, key.size(2) != query.size(2))
            .transpose(1, 2);
    return gpuAttention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), causal).transpose(1, 2);
}

at::Tensor maskedAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const at::Tensor& mask) {
    const auto forBatch = [&](const at::Tensor& x) { return x.expand({query.size(0), -1, -1, -1}); };
    if (!mask.defined())
        return flashAttention(query, forBatch(key), forBatch(value), false);
    const at::Tensor scores = mask.unsqueeze(1).unsqueeze(1); // [batch or 1, 1, 1, keys]
    if (!query.is_cpu())
        return at::scaled_dot_product_attention(query.transpose(1, 2), forBatch(key).transpose(1, 2),
                                                forBatch(value).transpose(1, 2),
                                                scores.expand({query.size(0), query.size(2), query.size(1), -1}), 0.0,
                                                false, std::nullopt, key.size(2) != query.size(2))
            .transpose(1, 2);
    const HeadMajor heads = headMajor(query, forBatch(key), forBatch(value));
    const auto [output, logSum] =
        at::_scaled_dot_product_flash_attention_for_cpu(heads.query, heads.key, heads.value, 0.0, false, scores);
    return positionMajor(output, heads.groupsAsHeads);
}

PartialAttention partialAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                  bool causal) {
    if (!query.is_cpu()) {
        const std::int64_t group = query.size(2) / key.size(2);
        const auto [output, logSum, seed, offset] = at::_scaled_dot_product_efficient_attention(
            query.transpose(1, 2), repeatHeads(key, group).transpose(1, 2), repeatHeads(value, group).transpose(1, 2),
            std::nullopt, true, 0.0, causal);
        return {output.transpose(1, 2), logSum.narrow(2, 0, query.size(1)).transpose(1, 2)};
    }
    const HeadMajor heads = headMajor(query, key, value);
    const auto [output, logSum] =
        at::_scaled_dot_product_flash_attention_for_cpu(heads.query, heads.key, heads.value, 0.0, causal);
    const at::Tensor sums =
        heads.groupsAsHeads ? logSum.permute({2, 0, 1}).flatten(1, 2).unsqueeze(0) : logSum.transpose(1, 2);
    return {positionMajor(output, heads.groupsAsHeads), sums};
}

at::Tensor joinAttention(const PartialAttention& a, const PartialAttention& b) {
    const at::Tensor weight = at::sigmoid(a.logSum - b.logSum).unsqueeze(-1);
    return at::lerp(b.output.to(at::kFloat), a.output.to(at::kFloat), weight).to(a.output.scalar_type());
}

} // namespace ropescope::detail
