#include "engine/model/detail/compute_device.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>
#include <malloc.h>
#include <nlohmann/json.hpp>

#include "engine/base/processor.h"
#include "engine/model/detail/cuda_driver.h"
#include "engine/model/detail/cuda_runtime.h"
#include "engine/model/detail/inference_math.h"

namespace ropescope::detail {
namespace {

// A narrower model is fast in float32 and keeps its precision: bf16 costs up to 1e-2 in a token's NLL.
constexpr int narrowestForBf16 = 512;
// Below this gain float32 is worth more (tests/bench/results.md: 5 with AMX, 0.7 with AVX-512 BF16 alone).
constexpr double leastBf16Gain = 1.2;

// The fastest of a few products of `rows` activations by a square weight.
double productSeconds(std::int64_t width, at::ScalarType type) {
    constexpr std::int64_t rows = 128;
    constexpr int repeats = 5;
    const at::Tensor x = at::ones({rows, width}, at::dtype(type));
    const at::Tensor weight = at::ones({width, width}, at::dtype(type));
    double fastest = 0;
    for (int repeat = 0; repeat <= repeats; ++repeat) { // the first one warms up
        const auto start = std::chrono::steady_clock::now();
        (void)at::linear(x, weight);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        fastest = repeat <= 1 ? seconds : std::min(fastest, seconds);
    }
    return fastest;
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
                         narrow ? at::kBFloat16 : at::kFloat, 0, cudaDeviceFacts(index).name};
}

} // namespace

double bf16Gain(int hidden, int threads, const RememberedResults& results) {
    constexpr int widest = 1024; // the gain hardly changes beyond
    const int width = std::min(hidden, widest);
    const std::string name = fmt::format("bf16 gain at width {}, {} threads", width, threads);
    if (const auto known = results.find(name); known && known->is_number())
        return known->get<double>();
    const c10::InferenceMode inference;
    const double gain = productSeconds(width, at::kFloat) / productSeconds(width, at::kBFloat16);
    results.remember(name, gain);
    return gain;
}

int prepareProcessor(int threads) {
    const int count = threads > 0 ? threads : availableProcessors();
    keepFreedMemory();
    setThreads(count);
    return count;
}

Result<ComputeDevice> resolveDevice(const DeviceOptions& options, int hidden) {
    if (options.threads < 0)
        return fail(usageError(fmt::format("threads must not be negative, found {}", options.threads)));
    const int threads = prepareProcessor(options.threads);
    if (options.device.starts_with("cuda") || (options.device == "auto" && cudaRuntime().devices > 0)) {
        Result<ComputeDevice> cuda = resolveCuda(options.device == "auto" ? "cuda" : options.device, options.type);
        if (cuda)
            cuda->threads = threads;
        return cuda;
    }
    if (options.device != "auto" && options.device != "cpu")
        return fail(usageError(fmt::format("unknown device {}: expected auto, cpu, cuda or cuda:N", options.device)));
    const bool bf16 =
        options.type == ComputeType::bf16 ||
        (options.type == ComputeType::automatic && hidden >= narrowestForBf16 && processorFeatures().multipliesBf16() &&
         bf16Gain(hidden, threads, RememberedResults(measurementsFile())) >= leastBf16Gain);
    return ComputeDevice{at::kCPU, bf16 ? at::kBFloat16 : at::kFloat, threads,
                         fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s")};
}

} // namespace ropescope::detail
