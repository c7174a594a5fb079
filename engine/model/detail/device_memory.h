// Memory of the device that a model computes on: the process's resident set for the CPU, LibTorch's allocator for a
// GPU.
#pragma once

#include <cstdint>

#include "engine/detail/torch.h"

namespace ropescope::detail {

// The most that was in use at once since the process began or since the last reset.
[[nodiscard]] std::int64_t peakBytes(at::Device device);
void resetPeakBytes(at::Device device);
// In use now by this process.
[[nodiscard]] std::int64_t usedBytes(at::Device device);

} // namespace ropescope::detail
