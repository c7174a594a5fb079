// What the processor of this machine can do and how much of it this process may use: found out once, in one place.
#pragma once

#include <string>

namespace ropescope {

// Instructions that the processor has and the system lets a process use; all false on other architectures than x86-64.
struct ProcessorFeatures {
    std::string name; // "Intel(R) Xeon(R) Platinum 8488C"; empty where the processor doesn't say
    bool avx2 = false;
    bool avx512 = false;     // F, BW, DQ and VL
    bool avx512Bf16 = false; // products of bf16 pairs
    bool amxBf16 = false;    // bf16 matrix tiles

    // Matrix products of bf16 run in hardware.
    [[nodiscard]] bool multipliesBf16() const { return amxBf16 || avx512Bf16; }
};

[[nodiscard]] const ProcessorFeatures& processorFeatures();

// Processors that this process may run on; at least 1.
[[nodiscard]] int availableProcessors();

} // namespace ropescope
