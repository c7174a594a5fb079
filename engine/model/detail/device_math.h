// The fused kernels of a GPU as BlockMath.
#pragma once

#include <string>

#include "engine/model/detail/block_math.h"

namespace ropescope::detail {

// The kernels of CUDA device `index`, or null where this build has none or they can't be loaded. Lives as long as the
// process. Thread-safe.
[[nodiscard]] const BlockMath* deviceMath(int index);

// Why deviceMath() is null, for people; empty where it isn't.
[[nodiscard]] const std::string& whyNoDeviceKernels();

} // namespace ropescope::detail
