// The first weights of a model that is trained from scratch.
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/model_config.h"

namespace ropescope {

// Writes model.safetensors of float32 weights in `folder`: matrices from normal(0, deviation), norm weights 1, biases 0
// (transformers' initialisation). A tensor's numbers depend on the seed and its name alone. One tensor at a time is in
// memory.
[[nodiscard]] Outcome<std::vector<std::filesystem::path>> writeInitialWeights(const std::filesystem::path& folder,
                                                                              const ModelConfig& config,
                                                                              double deviation, std::uint64_t seed,
                                                                              const RunControl& control);

} // namespace ropescope
