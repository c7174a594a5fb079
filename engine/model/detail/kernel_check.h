// Whether the fused kernels of a device compute what the plain formulas say, and a BlockMath of those that do.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/detail/block_math.h"

namespace ropescope::detail {

enum class Kernel { rmsNorm, rotate, gatedSilu, tokenNll };
// Kernels, each in two types.
constexpr std::size_t kernelCount = 8;

struct KernelVerdict {
    std::string name; // "rms_norm fp32"
    bool used = false;
    // The largest difference from the plain formula in float32 on the same numbers, relative to the size of the result
    // (of the head for rotations); infinite where the kernel failed, or gave a number for a NaN or the reverse.
    double largestDifference = 0;
};

// Every kernel in both types on random and extreme numbers; takes a fraction of a second. The order is fixed: by
// kernel, fp32 before bf16.
[[nodiscard]] std::vector<KernelVerdict> checkKernels(const BlockMath& fused, at::Device device);

// `fused` with every kernel that is not used by the verdicts (checkKernels' order) replaced by the plain formula.
// `fused` must outlive it.
[[nodiscard]] std::unique_ptr<BlockMath> replaceUnused(const BlockMath& fused,
                                                       const std::vector<KernelVerdict>& verdicts);

} // namespace ropescope::detail
