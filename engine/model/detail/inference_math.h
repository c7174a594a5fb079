// The arithmetic for passes without gradients on a device: its fused kernels, each held to the plain formula once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/remembered.h"
#include "engine/model/detail/kernel_check.h"

namespace ropescope::detail {

// The kernels of one device under a name, checked or remembered.
struct CheckedMath {
    std::vector<KernelVerdict> verdicts; // empty where the device has no fused kernels
    std::unique_ptr<BlockMath> replaced; // where a kernel isn't used
    const BlockMath* math = nullptr;     // what to compute with: `replaced`, or the fused kernels as they are
};

// Takes the verdicts that `results` holds under `deviceName`, or checks the kernels and remembers them. Warns, by name,
// of every kernel that isn't used. `fused` must outlive the result.
[[nodiscard]] CheckedMath checkedMath(const BlockMath& fused, at::Device device, const std::string& deviceName,
                                      const RememberedResults& results);

// The file in which this machine's measurements are remembered.
[[nodiscard]] std::filesystem::path measurementsFile();

// Once per process and device: the device's fused kernels that passed, plain formulas for the rest (all of them on a
// device without kernels). Thread-safe.
[[nodiscard]] const CheckedMath& inferenceKernels(at::Device device);
[[nodiscard]] const BlockMath& inferenceMath(at::Device device);

} // namespace ropescope::detail
