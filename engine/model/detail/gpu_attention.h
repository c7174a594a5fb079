// Exact attention on a GPU by whichever of LibTorch's ways is the fastest there, found by measurement.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "engine/detail/torch.h"

namespace ropescope::detail {

// One way to compute attention of query [batch, heads, queries, head_dim] over key and value [batch, kv_heads, keys,
// head_dim], heads a multiple of kv_heads. Raises where it doesn't serve the type, the shape or the device.
struct AttentionWay {
    std::string_view name;
    at::Tensor (*run)(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) = nullptr;
};

// LibTorch's own choice first, which serves everything; then flash, cuDNN's and the memory-efficient one.
[[nodiscard]] std::span<const AttentionWay> attentionWays();

// Runs the work to its end and gives the seconds it took.
using Stopwatch = std::function<double(const std::function<void()>& work)>;

// The fastest of those ways that agree with the first one's result on these tensors; one that raises is left out. Every
// way runs twice, the second run counts.
[[nodiscard]] const AttentionWay& fastestWay(std::span<const AttentionWay> ways, const at::Tensor& query,
                                             const at::Tensor& key, const at::Tensor& value, bool causal,
                                             const Stopwatch& seconds);

// The fastest way for this device, type, heads and length (to the next power of two): measured on the first tensors
// that come, then remembered for this device and program version. Without a gradient. Thread-safe.
[[nodiscard]] at::Tensor gpuAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                      bool causal);

} // namespace ropescope::detail
