// Low-rank adapters: y = x W^T + alpha / rank (x A^T) B^T with W frozen (arXiv 2106.09685, section 4).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/model/required_tensors.h"
#include "engine/train/detail/trained_weights.h"
#include "engine/train/training_plan.h"

namespace ropescope::detail {

// A from normal(0, 1 / sqrt(rank)), B zero, so that training begins at the model itself. Raises a usage error for an
// unknown target, or where no layer of the network has one of the targets.
[[nodiscard]] std::unique_ptr<TrainedWeights> trainAdapters(Network& network, const LoraMethod& method,
                                                            std::uint64_t seed);

// How many numbers such adapters have on a model of these tensors. Raises a usage error for an unknown target.
[[nodiscard]] std::int64_t adapterParameters(const std::vector<TensorShape>& tensors, const LoraMethod& method);

} // namespace ropescope::detail
