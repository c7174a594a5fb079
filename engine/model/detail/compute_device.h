// Where and in which type a model computes: the person's wish made concrete on this machine.
#pragma once

#include <string>

#include "engine/base/outcome.h"
#include "engine/detail/torch.h"
#include "engine/model/language_model.h"

namespace ropescope::detail {

struct ComputeDevice {
    at::Device device = at::kCPU;
    at::ScalarType type = at::kFloat;
    int threads = 1;
    std::string name; // for people: "CPU, 2 threads"
};

// Resolves the options and sets LibTorch's thread count; never more threads than asked for. `auto` takes a GPU
// where there is one; on a CPU it takes bf16 where the processor multiplies bf16 matrices in hardware (AMX or
// AVX-512 BF16) and the model is wide enough (`hidden`) for that to outweigh its overheads. Usage error for
// an unknown device, a missing GPU or a negative thread count.
[[nodiscard]] Result<ComputeDevice> resolveDevice(const DeviceOptions& options, int hidden);

// Processors that this process may run on.
[[nodiscard]] int availableProcessors();

} // namespace ropescope::detail
