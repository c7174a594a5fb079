// The arithmetic between matrix products: normalisation, rotation, activation, residual sums. One interface,
// so that a network is written once and runs with autograd (plain formulas) or without (fused kernels).
#pragma once

#include <string_view>

#include "engine/detail/torch.h"
#include "engine/model/detail/layers.h"
#include "engine/model/detail/rotary.h"

namespace ropescope::detail {

// Tensors passed by value are given up by the caller: an implementation may write into them. Stateless; the
// same object may serve any number of networks.
class BlockMath {
public:
    virtual ~BlockMath() = default;

    // x / sqrt(mean(x^2) + epsilon) * weight over the last axis, statistics in float32.
    [[nodiscard]] virtual at::Tensor rmsNorm(const at::Tensor& x, const RmsNorm& norm) const = 0;
    [[nodiscard]] virtual at::Tensor layerNorm(const at::Tensor& x, const LayerNorm& norm) const = 0;
    [[nodiscard]] virtual at::Tensor add(at::Tensor x, const at::Tensor& y) const = 0;
    // Rotates x [batch, positions, heads, head_dim]; dims beyond the tables' pairs pass through.
    [[nodiscard]] virtual at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const = 0;
    // silu(gate) * up for [..., gate | up].
    [[nodiscard]] virtual at::Tensor gatedSilu(const at::Tensor& gateUp) const = 0;
    [[nodiscard]] virtual at::Tensor linear(const at::Tensor& x, const Linear& layer) const = 0;
};

// The formulas as written in the papers, in ATen operators: differentiable, writes into nothing.
[[nodiscard]] const BlockMath& plainMath();

} // namespace ropescope::detail
