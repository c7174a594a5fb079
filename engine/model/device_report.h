// What this machine computes on: its processor and its GPUs, and how the engine uses each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/model/language_model.h"

namespace ropescope {

// One fused kernel in one type, held to the plain formula on random and extreme numbers.
struct KernelReport {
    std::string name;             // "rms_norm fp32"
    bool used = false;            // false: it disagrees, and the plain formula takes its place
    double largestDifference = 0; // relative; infinite where the kernel failed
};

struct DeviceReport {
    std::string id;               // what --device calls it: "cpu", "cuda:0"
    std::string name;             // the maker's
    std::int64_t memoryBytes = 0; // installed, or as much as a control group allows
    std::int64_t usedBytes = 0;   // by this process
    int threads = 0;              // 0 for a GPU
    std::string instructions;     // the widest that matter to matrix products: "AVX-512, AVX-512 BF16, AMX BF16"
    std::string attention;        // the back end that attention runs on
    std::vector<KernelReport> kernels;
    std::string withoutKernels; // why there are none; empty otherwise
};

struct MachineReport {
    std::vector<DeviceReport> devices; // the CPU first
    std::string withoutGpu;            // why no GPU is listed; empty otherwise
};

// The CPU always, GPUs unless options.device is "cpu". Checks kernels that this program version hasn't checked on this
// machine before (a fraction of a second each). Usage error where a CUDA device is asked for and missing.
[[nodiscard]] Outcome<MachineReport> reportDevices(const DeviceOptions& options);

} // namespace ropescope
