// Where and in which type a model computes: the person's wish made concrete on this machine.
#pragma once

#include <string>

#include "engine/base/outcome.h"
#include "engine/base/remembered.h"
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
// where there is one; on a CPU it takes bf16 for a model that isn't small (`hidden`) where the processor multiplies
// bf16 matrices in hardware and does so measurably faster (bf16Gain). Usage error for an unknown device, a missing GPU
// or a negative thread count.
[[nodiscard]] Result<ComputeDevice> resolveDevice(const DeviceOptions& options, int hidden);

// How many times faster than float32 this processor multiplies bf16 matrices of a model this wide, on this many
// threads: measured once per program version, in some hundredths of a second, and remembered in `results`.
[[nodiscard]] double bf16Gain(int hidden, int threads, const RememberedResults& results);

// Sets LibTorch's threads and memory habits for computing on the CPU; 0 threads means all processors. Returns how many
// there are then.
[[nodiscard]] int prepareProcessor(int threads);

} // namespace ropescope::detail
