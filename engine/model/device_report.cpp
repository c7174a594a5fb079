#include "engine/model/device_report.h"

#include <fmt/format.h>

#include "engine/base/processor.h"
#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/cuda_driver.h"
#include "engine/model/detail/cuda_runtime.h"
#include "engine/model/detail/device_math.h"
#include "engine/model/detail/device_memory.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/inference_math.h"
#include "engine/model/detail/process_memory.h"

namespace ropescope {
namespace {

std::string instructionText(const ProcessorFeatures& features) {
    std::string text;
    const auto add = [&](bool present, const char* name) {
        if (present)
            text += (text.empty() ? "" : ", ") + std::string(name);
    };
    add(features.avx2 && !features.avx512, "AVX2");
    add(features.avx512, "AVX-512");
    add(features.avx512Bf16, "AVX-512 BF16");
    add(features.amxBf16, "AMX BF16");
    return text.empty() ? "baseline" : text;
}

std::vector<KernelReport> kernelReports(at::Device device) {
    std::vector<KernelReport> reports;
    for (const detail::KernelVerdict& verdict : detail::inferenceKernels(device).verdicts)
        reports.push_back({verdict.name, verdict.used, verdict.largestDifference});
    return reports;
}

DeviceReport processorReport(int threads) {
    const ProcessorFeatures& features = processorFeatures();
    DeviceReport report;
    report.id = "cpu";
    report.name = features.name.empty() ? "CPU" : features.name;
    report.memoryBytes = detail::installedBytes();
    report.threads = detail::prepareProcessor(threads);
    report.instructions = instructionText(features);
    report.attention = "blocked flash attention (LibTorch, CPU)";
    report.kernels = kernelReports(at::kCPU);
    report.usedBytes = detail::usedBytes(at::kCPU);
    return report;
}

DeviceReport gpuReport(int index) {
    const at::Device device(at::kCUDA, static_cast<at::DeviceIndex>(index));
    const detail::CudaDeviceFacts facts = detail::cudaDeviceFacts(index);
    DeviceReport report;
    report.id = fmt::format("cuda:{}", index);
    report.name = facts.name;
    report.memoryBytes = facts.memoryBytes;
    report.attention = "flash, cuDNN or memory-efficient, as LibTorch chooses; LM-Infinite memory-efficient";
    report.kernels = kernelReports(device);
    report.withoutKernels = detail::whyNoDeviceKernels();
    report.usedBytes = detail::usedBytes(device);
    return report;
}

} // namespace

Outcome<MachineReport> reportDevices(const DeviceOptions& options) {
    return detail::guarded<MachineReport>("free memory on the device", [&] {
        // An unknown or missing device is the same error here as in every other command.
        if (const Result<detail::ComputeDevice> device = detail::resolveDevice(options, 0); !device)
            detail::raise(device.error());
        MachineReport report;
        report.devices.push_back(processorReport(options.threads));
        if (options.device == "cpu")
            return report;
        const detail::CudaRuntime& runtime = detail::cudaRuntime();
        report.withoutGpu = runtime.reason;
        for (int index = 0; index < runtime.devices; ++index)
            report.devices.push_back(gpuReport(index));
        return report;
    });
}

} // namespace ropescope
