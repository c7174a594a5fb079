#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "engine/model/device_report.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

json toJson(const DeviceReport& device) {
    json kernels = json::array();
    for (const KernelReport& kernel : device.kernels)
        kernels.push_back({{"name", kernel.name},
                           {"used", kernel.used},
                           {"largest_difference", kernel.largestDifference}}); // null where infinite
    json object = {{"device", device.id},
                   {"name", device.name},
                   {"memory_bytes", device.memoryBytes},
                   {"memory_used_bytes", device.usedBytes},
                   {"attention", device.attention},
                   {"kernels", std::move(kernels)}};
    if (device.threads > 0) {
        object["threads"] = device.threads;
        object["instructions"] = device.instructions;
    }
    return object;
}

std::string memoryText(const DeviceReport& device) {
    const std::string installed =
        device.memoryBytes > 0 ? fmt::format("{:.1f} GB", static_cast<double>(device.memoryBytes) / 1e9) : "unknown";
    return fmt::format("{}, {:.0f} MB in use by this program", installed, static_cast<double>(device.usedBytes) / 1e6);
}

std::string kernelText(const KernelReport& kernel) {
    const std::string difference = std::isfinite(kernel.largestDifference)
                                       ? fmt::format("differs by {:.1e} at most", kernel.largestDifference)
                                       : "failed the check";
    return fmt::format("    {:<16} {:<10} {}\n", kernel.name, kernel.used ? "used" : "replaced", difference);
}

std::string toText(const DeviceReport& device) {
    std::string text = fmt::format("{}: {}\n", device.id, device.name);
    text += fmt::format("  memory        {}\n", memoryText(device));
    if (device.threads > 0)
        text += fmt::format("  threads       {}\n  instructions  {}\n", device.threads, device.instructions);
    text += fmt::format("  attention     {}\n", device.attention);
    if (device.kernels.empty())
        return text + fmt::format("  kernels       plain formulas only: {}\n", device.withoutKernels);
    text += "  kernels       against the plain formula, on random and extreme numbers:\n";
    for (const KernelReport& kernel : device.kernels)
        text += kernelText(kernel);
    return text;
}

class DeviceCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "device"; }
    [[nodiscard]] std::string description() const override {
        return "List devices, their memory, and whether their kernels agree with the plain formulas";
    }
    void declare(CLI::App&) override {}
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const Outcome<MachineReport> outcome = reportDevices(deviceOptions(common));
        if (const Error* error = std::get_if<Error>(&outcome))
            return console.report(*error);
        const auto* report = std::get_if<MachineReport>(&outcome);
        if (!report)
            return console.reportCancelled({});
        if (common.json) {
            json list = json::array();
            for (const DeviceReport& device : report->devices)
                list.push_back(toJson(device));
            console.printJson({{"devices", std::move(list)}});
            return done;
        }
        std::string text;
        for (const DeviceReport& device : report->devices)
            text += toText(device);
        if (!report->withoutGpu.empty())
            text += fmt::format("no GPU: {}\n", report->withoutGpu);
        text.pop_back(); // print() ends the line
        console.print(text);
        return done;
    }
};

} // namespace

std::unique_ptr<Command> makeDeviceCommand() {
    return std::make_unique<DeviceCommand>();
}

} // namespace ropescope::cli
