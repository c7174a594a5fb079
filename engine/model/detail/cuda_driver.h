// What the NVIDIA driver says of its devices, asked at run time: nothing of CUDA is linked.
#pragma once

#include <cstdint>
#include <string>

namespace ropescope::detail {

struct CudaDeviceFacts {
    std::string name; // "NVIDIA H100 80GB HBM3"
    std::int64_t memoryBytes = 0;
};

// Of the device that LibTorch counts as `index`; "CUDA device N" and 0 bytes where the driver doesn't answer.
[[nodiscard]] CudaDeviceFacts cudaDeviceFacts(int index);

} // namespace ropescope::detail
