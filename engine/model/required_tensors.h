// Which tensors an architecture consists of: for loaders, for counting parameters, and to say what a file lacks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"

namespace ropescope {

struct TensorShape {
    std::string name;                // Hugging Face's
    std::vector<std::int64_t> shape; // as in PyTorch
};

// Every tensor the model computes with, in the order of the computation; a tied head isn't listed twice.
[[nodiscard]] std::vector<TensorShape> requiredTensors(const ModelConfig& config);

// All of them together.
[[nodiscard]] std::int64_t parameterCount(const ModelConfig& config);

// An input error naming the first tensor that is missing, of another shape or of an unreadable type.
[[nodiscard]] Result<void> checkTensors(const Checkpoint& checkpoint, const ModelConfig& config);

} // namespace ropescope
