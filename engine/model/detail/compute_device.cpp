#include "engine/model/detail/compute_device.h"

#include <charconv>
#include <cpuid.h>

#include <fmt/format.h>
#include <malloc.h>
#include <sched.h>

#include "engine/model/detail/cuda_runtime.h"

namespace ropescope::detail {
namespace {

// Below this width bf16 gains nothing over fp32 (measured: tests/bench/results.md).
constexpr int narrowestForBf16 = 512;

bool processorMultipliesBf16() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const bool amx = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & (1U << 22)) && (d & (1U << 24));
    const bool avx512 = __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1U << 5));
    return amx || avx512;
}

// Freed blocks stay with the process: LibTorch's large temporaries otherwise cost a page fault per page at
// every use (6 % on a small model).
void keepFreedMemory() {
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

void setThreads(int threads) {
    at::set_num_threads(threads);
    // May be set only once per process; nothing here runs LibTorch's inter-op pool.
    static const bool interOpSet = [] {
        at::set_num_interop_threads(1);
        return true;
    }();
    (void)interOpSet;
}

Result<ComputeDevice> resolveCuda(const std::string& wish, ComputeType type) {
    const CudaRuntime& runtime = cudaRuntime();
    if (runtime.devices == 0)
        return fail(usageError(fmt::format("device {}: {}; use --device cpu", wish, runtime.reason)));
    int index = 0;
    if (wish.size() > 5) {
        const char* const end = wish.data() + wish.size();
        const auto [stop, error] = std::from_chars(wish.data() + 5, end, index);
        if (error != std::errc() || stop != end || index < 0)
            return fail(usageError(fmt::format("device {}: expected cuda or cuda:N", wish)));
    }
    if (index >= runtime.devices)
        return fail(usageError(fmt::format("device {}: this machine has {} CUDA device(s)", wish, runtime.devices)));
    const bool narrow = type != ComputeType::fp32;
    return ComputeDevice{at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index)),
                         narrow ? at::kBFloat16 : at::kFloat, 0, fmt::format("CUDA device {}", index)};
}

} // namespace

int availableProcessors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return CPU_COUNT(&set);
}

Result<ComputeDevice> resolveDevice(const DeviceOptions& options, int hidden) {
    if (options.threads < 0)
        return fail(usageError(fmt::format("threads must not be negative, found {}", options.threads)));
    const int threads = options.threads > 0 ? options.threads : availableProcessors();
    keepFreedMemory();
    setThreads(threads);
    if (options.device.starts_with("cuda") || (options.device == "auto" && cudaRuntime().devices > 0)) {
        Result<ComputeDevice> cuda = resolveCuda(options.device == "auto" ? "cuda" : options.device, options.type);
        if (cuda)
            cuda->threads = threads;
        return cuda;
    }
    if (options.device != "auto" && options.device != "cpu")
        return fail(usageError(fmt::format("unknown device {}: expected auto, cpu, cuda or cuda:N", options.device)));
    const bool bf16 = options.type == ComputeType::bf16 || (options.type == ComputeType::automatic &&
                                                            hidden >= narrowestForBf16 && processorMultipliesBf16());
    return ComputeDevice{at::kCPU, bf16 ? at::kBFloat16 : at::kFloat, threads,
                         fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s")};
}

} // namespace ropescope::detail
