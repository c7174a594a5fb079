// Gradients with activation checkpointing: only the input of every layer is kept, and each layer is computed again when
// its turn comes, so a backward pass fits wherever the forward pass fits.
#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/model/detail/network.h"

namespace ropescope::detail {

// What a loss needs of the final residual stream [batch, positions, hidden] (detached): adds to `gradient`, of the same
// shape and zero before, d loss / d hidden, and returns the loss. Parameters that require gradients collect theirs.
using LossHead = std::function<double(const at::Tensor& hidden, at::Tensor& gradient)>;

// No target at this place.
inline constexpr std::int64_t noTarget = -100;

// Sum over slots k of slotWeights[k] x the NLLs of targets[batch, row, k] (int64; noTarget where there is none), which
// rows 0 .. rows-1 of the residual stream predict, all slots of a row from one distribution. The vocabulary head runs
// in chunks, forward and backward. `network` and `math` must outlive it.
[[nodiscard]] LossHead nllHead(const Network& network, const BlockMath& math, at::Tensor targets,
                               std::vector<double> slotWeights, std::stop_token stop);

// Mean NLL of the tokens that follow, over all predictions of the batch; ids [batch, positions].
[[nodiscard]] LossHead meanNllHead(const Network& network, const at::Tensor& ids, const std::stop_token& stop);

struct BackwardPass {
    double loss = 0;
    at::Tensor gradient; // d loss / d embedded, [batch, positions, hidden]
};

// One forward and one backward pass from embedded tokens. `pass.math` must be differentiable and `pass.attention` must
// keep nothing between layers. Gradients are added to every tensor that requires them: weights, rotary tables.
[[nodiscard]] BackwardPass backward(const Network& network, const at::Tensor& embedded, const ForwardPass& pass,
                                    const LossHead& head);

} // namespace ropescope::detail
