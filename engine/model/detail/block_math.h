// The arithmetic between matrix products: normalisation, rotation, activation, residual sums. One interface,
// so that a network is written once and runs with autograd (plain formulas) or without (fused kernels).
#pragma once

#include <functional>
#include <stop_token>

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
    // residual + linear(x).
    [[nodiscard]] virtual at::Tensor addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const = 0;
    // `body` applied to [rows, width] pieces of x [..., width] and put together again; body keeps the shape and may
    // give up its argument. Where temporaries are wide, pieces keep them small. A stop request is noticed between them.
    [[nodiscard]] virtual at::Tensor byRows(at::Tensor x, const std::stop_token& stop,
                                            const std::function<at::Tensor(at::Tensor)>& body) const = 0;
    // -ln softmax(logits)[target] per row of logits [rows, vocabulary], float32.
    [[nodiscard]] virtual at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const = 0;
};

// The formulas as written in the papers, in ATen operators: differentiable, writes into nothing.
[[nodiscard]] const BlockMath& plainMath();
// The kernels of engine/kernels, in place wherever an argument is given up. CPU, float32 and bf16, no gradients.
[[nodiscard]] const BlockMath& hostMath();

} // namespace ropescope::detail
