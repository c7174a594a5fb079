// LibTorch's CUDA half, loaded only where it can be of use: on a machine with an NVIDIA driver.
#pragma once

#include <string>

namespace ropescope::detail {

struct CudaRuntime {
    int devices = 0;    // that can be used
    std::string reason; // why there is none, for people
};

// Loads libtorch_cuda.so (which registers itself with LibTorch) from the folder that libtorch_cpu.so came
// from, once per process. Not usable where there is no driver, no such library or no device. Thread-safe.
[[nodiscard]] const CudaRuntime& cudaRuntime();

} // namespace ropescope::detail
