#include "engine/model/detail/inference_math.h"

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/processor.h"
#include "engine/base/warning.h"
#include "engine/model/detail/cuda_driver.h"
#include "engine/model/detail/device_math.h"

namespace ropescope::detail {
namespace {

using nlohmann::json;

// JSON has no infinity: null.
json toJson(const std::vector<KernelVerdict>& verdicts) {
    json list = json::array();
    for (const KernelVerdict& verdict : verdicts)
        list.push_back({{"name", verdict.name},
                        {"used", verdict.used},
                        {"largest_difference",
                         std::isfinite(verdict.largestDifference) ? json(verdict.largestDifference) : json()}});
    return list;
}

std::optional<std::vector<KernelVerdict>> fromJson(const json& list) {
    if (!list.is_array() || list.size() != kernelCount)
        return {};
    std::vector<KernelVerdict> verdicts;
    for (const json& entry : list) {
        const json name = entry.is_object() ? entry.value("name", json()) : json();
        const json used = entry.is_object() ? entry.value("used", json()) : json();
        const json difference = entry.is_object() ? entry.value("largest_difference", json()) : json();
        if (!name.is_string() || !used.is_boolean() || !(difference.is_number() || difference.is_null()))
            return {};
        verdicts.push_back({name.get<std::string>(), used.get<bool>(),
                            difference.is_null() ? std::numeric_limits<double>::infinity() : difference.get<double>()});
    }
    return verdicts;
}

CheckedMath findMath(at::Device device) {
    const RememberedResults results(measurementsFile());
    if (device.is_cpu())
        return checkedMath(hostMath(), device, processorFeatures().name, results);
    if (const BlockMath* const fused = deviceMath(device.index()))
        return checkedMath(*fused, device, cudaDeviceFacts(device.index()).name, results);
    return {{}, nullptr, &plainMath()};
}

} // namespace

CheckedMath checkedMath(const BlockMath& fused, at::Device device, const std::string& deviceName,
                        const RememberedResults& results) {
    const std::string name = fmt::format("kernels on {}", deviceName);
    const std::optional<json> remembered = results.find(name);
    std::optional<std::vector<KernelVerdict>> verdicts;
    if (remembered)
        verdicts = fromJson(*remembered);
    if (!verdicts) {
        verdicts = checkKernels(fused, device);
        results.remember(name, toJson(*verdicts));
    }
    CheckedMath checked{std::move(*verdicts), nullptr, &fused};
    for (const KernelVerdict& verdict : checked.verdicts)
        if (!verdict.used) {
            warn(
                fmt::format("the {} kernel on {} differs from the plain formula by {:.2g} and is not used: results are "
                            "right, but slower",
                            verdict.name, deviceName, verdict.largestDifference));
            if (!checked.replaced)
                checked.replaced = replaceUnused(fused, checked.verdicts);
        }
    if (checked.replaced)
        checked.math = checked.replaced.get();
    return checked;
}

std::filesystem::path measurementsFile() {
    const std::filesystem::path folder = cacheFolder();
    return folder.empty() ? folder : folder / "measured.json";
}

const CheckedMath& inferenceKernels(at::Device device) {
    static std::mutex mutex;
    static std::map<at::DeviceIndex, CheckedMath> byIndex; // -1: the CPU
    const std::scoped_lock lock(mutex);
    const at::DeviceIndex index = device.is_cpu() ? at::DeviceIndex{-1} : device.index();
    auto known = byIndex.find(index);
    if (known == byIndex.end())
        known = byIndex.emplace(index, findMath(device)).first;
    return known->second;
}

const BlockMath& inferenceMath(at::Device device) {
    return *inferenceKernels(device).math;
}

} // namespace ropescope::detail
