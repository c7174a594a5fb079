// Gradients with activation checkpointing: only the input of every layer is kept, and each layer is computed again when
// its turn comes, so a backward pass fits wherever the forward pass fits.
#pragma once

#include <functional>

#include "engine/model/detail/network.h"

namespace ropescope::detail {

// What a loss needs of the final residual stream [batch, positions, hidden] (detached): adds to `gradient`, of the same
// shape and zero before, d loss / d hidden, and returns the loss. Parameters that require gradients collect theirs.
using LossHead = std::function<double(const at::Tensor& hidden, at::Tensor& gradient)>;

// Mean NLL of the tokens that follow, over all predictions of the batch, `weight` times; ids [batch, positions]. The
// vocabulary head runs in chunks, forward and backward.
[[nodiscard]] LossHead meanNllHead(const Network& network, const at::Tensor& ids, double weight,
                                   const std::stop_token& stop);

struct BackwardPass {
    double loss = 0;
    at::Tensor gradient; // d loss / d embedded, [batch, positions, hidden]
};

// One forward and one backward pass from embedded tokens. `pass.math` must be differentiable and `pass.attention` must
// keep nothing between layers. Gradients are added to every tensor that requires them: weights, rotary tables.
[[nodiscard]] BackwardPass backward(const Network& network, const at::Tensor& embedded, const ForwardPass& pass,
                                    const LossHead& head);

} // namespace ropescope::detail
