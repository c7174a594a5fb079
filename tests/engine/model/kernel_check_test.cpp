// Kernels against the plain formulas on this machine, and what becomes of one that is wrong.
#include <cmath>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "engine/base/warning.h"
#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/cuda_runtime.h"
#include "engine/model/detail/device_math.h"
#include "engine/model/detail/device_memory.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/inference_math.h"
#include "engine/model/device_report.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using namespace ropescope::detail;

namespace {

// The host's kernels, which a test spoils one of.
class SpoiledMath : public BlockMath {
public:
    at::Tensor rmsNorm(const at::Tensor& x, const RmsNorm& norm) const override { return hostMath().rmsNorm(x, norm); }
    at::Tensor layerNorm(const at::Tensor& x, const LayerNorm& norm) const override {
        return hostMath().layerNorm(x, norm);
    }
    at::Tensor add(at::Tensor x, const at::Tensor& y) const override { return hostMath().add(std::move(x), y); }
    at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const override {
        return hostMath().rotate(std::move(x), tables);
    }
    at::Tensor gatedSilu(const at::Tensor& gateUp) const override { return hostMath().gatedSilu(gateUp); }
    at::Tensor linear(const at::Tensor& x, const Linear& layer) const override { return hostMath().linear(x, layer); }
    at::Tensor addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const override {
        return hostMath().addLinear(std::move(residual), x, layer);
    }
    at::Tensor byRows(at::Tensor x, const std::stop_token& stop,
                      const std::function<at::Tensor(at::Tensor)>& body) const override {
        return hostMath().byRows(std::move(x), stop, body);
    }
    at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const override {
        return hostMath().tokenNll(logits, targets);
    }
};

// Turns the other way round, in bf16 only.
class WrongRotation final : public SpoiledMath {
public:
    at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const override {
        if (x.scalar_type() == at::kFloat)
            return SpoiledMath::rotate(std::move(x), tables);
        return SpoiledMath::rotate(std::move(x), {tables.cosine, -tables.sine});
    }
};

// Right on ordinary numbers: the largest of a row isn't taken out first.
class OverflowingNll final : public SpoiledMath {
public:
    at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const override {
        const at::Tensor wide = logits.to(at::kFloat);
        return wide.exp().sum(1).log() - wide.gather(1, targets.unsqueeze(1)).squeeze(1);
    }
};

class ThrowingNorm final : public SpoiledMath {
public:
    at::Tensor rmsNorm(const at::Tensor&, const RmsNorm&) const override { throw std::runtime_error("no such kernel"); }
};

std::vector<std::string> unusedNames(const std::vector<KernelVerdict>& verdicts) {
    std::vector<std::string> names;
    for (const KernelVerdict& verdict : verdicts)
        if (!verdict.used)
            names.push_back(verdict.name);
    return names;
}

// Collects the warnings of one test.
class Warnings {
public:
    Warnings() {
        setWarningSink([this](const std::string& warning) { text += warning + '\n'; });
    }
    ~Warnings() { setWarningSink({}); }
    Warnings(const Warnings&) = delete;
    Warnings& operator=(const Warnings&) = delete;

    std::string text;
};

} // namespace

TEST_CASE("the host's kernels agree with the plain formulas") {
    const auto verdicts = checkKernels(hostMath(), at::kCPU);
    REQUIRE(verdicts.size() == kernelCount);
    for (const KernelVerdict& verdict : verdicts) {
        INFO(verdict.name << " differs by " << verdict.largestDifference);
        CHECK(verdict.used);
    }
}

TEST_CASE("a plain formula agrees with itself exactly") {
    for (const KernelVerdict& verdict : checkKernels(plainMath(), at::kCPU))
        if (verdict.name.find("fp32") != std::string::npos)
            CHECK(verdict.largestDifference == 0);
}

TEST_CASE("a wrong kernel is named and replaced, and the others stay") {
    const WrongRotation wrong;
    const test::TemporaryFolder folder;
    const RememberedResults results(folder.path() / "measured.json", {"/program", "1"});
    const Warnings warnings;
    const CheckedMath checked = checkedMath(wrong, at::kCPU, "a test processor", results);
    CHECK(unusedNames(checked.verdicts) == std::vector<std::string>{"rotary bf16"});
    CHECK(warnings.text.find("rotary bf16 kernel on a test processor") != std::string::npos);
    REQUIRE(checked.math != &wrong);

    const at::Tensor x = at::arange(8, at::kFloat).reshape({1, 1, 1, 8}).to(at::kBFloat16);
    const at::Tensor angles = at::arange(1, 5, at::kFloat).reshape({1, 1, 1, 4});
    const RotaryTables tables{angles.cos().to(at::kBFloat16), angles.sin().to(at::kBFloat16)};
    CHECK(at::equal(checked.math->rotate(x.clone(), tables), plainMath().rotate(x.clone(), tables)));
    CHECK(!at::equal(wrong.rotate(x.clone(), tables), plainMath().rotate(x.clone(), tables)));
    at::Tensor inPlace = x.to(at::kFloat);
    const RotaryTables wideTables{angles.cos(), angles.sin()};
    CHECK(checked.math->rotate(inPlace, wideTables).data_ptr() == inPlace.data_ptr()); // the kernel still serves fp32
}

TEST_CASE("a kernel that is wrong on extreme numbers only is found") {
    CHECK(unusedNames(checkKernels(OverflowingNll(), at::kCPU)) ==
          std::vector<std::string>{"token_nll fp32", "token_nll bf16"});
}

TEST_CASE("a kernel that fails is replaced") {
    const auto verdicts = checkKernels(ThrowingNorm(), at::kCPU);
    CHECK(unusedNames(verdicts) == std::vector<std::string>{"rms_norm fp32", "rms_norm bf16"});
    CHECK(std::isinf(verdicts.front().largestDifference));
}

TEST_CASE("the outcome of the check is remembered, with its warning") {
    const ThrowingNorm throwing;
    const test::TemporaryFolder folder;
    const RememberedResults results(folder.path() / "measured.json", {"/program", "1"});
    const Warnings warnings;
    const auto first = checkedMath(throwing, at::kCPU, "a", results).verdicts;
    // Another machine's kernels under the same name would be found right: the remembered verdict counts.
    const CheckedMath again = checkedMath(hostMath(), at::kCPU, "a", results);
    CHECK(unusedNames(again.verdicts) == unusedNames(first));
    CHECK(std::isinf(again.verdicts.front().largestDifference));
    CHECK(warnings.text.find("rms_norm fp32") != warnings.text.rfind("rms_norm fp32"));
    // Another device and another version are checked anew.
    CHECK(unusedNames(checkedMath(hostMath(), at::kCPU, "b", results).verdicts).empty());
    const RememberedResults newer(folder.path() / "measured.json", {"/program", "2"});
    CHECK(unusedNames(checkedMath(hostMath(), at::kCPU, "a", newer).verdicts).empty());
    // A damaged entry is none.
    results.remember("kernels on a", {1, 2});
    CHECK(unusedNames(checkedMath(hostMath(), at::kCPU, "a", results).verdicts).empty());
}

TEST_CASE("a GPU's kernels agree with the plain formulas") {
    if (cudaRuntime().devices == 0)
        ROPESCOPE_SKIP(cudaRuntime().reason);
    const BlockMath* const math = deviceMath(0);
    if (!math)
        ROPESCOPE_SKIP(whyNoDeviceKernels());
    const at::Device device(at::kCUDA, 0);
    for (const KernelVerdict& verdict : checkKernels(*math, device)) {
        INFO(verdict.name << " differs by " << verdict.largestDifference);
        CHECK(verdict.used);
    }
    CHECK(peakBytes(device) > 0);
    resetPeakBytes(device);
    CHECK(peakBytes(device) == usedBytes(device));
}

TEST_CASE("without a GPU there are no GPU kernels, and a reason") {
    if (cudaRuntime().devices > 0)
        ROPESCOPE_SKIP("this machine has a GPU");
    CHECK(deviceMath(0) == nullptr);
    CHECK(!whyNoDeviceKernels().empty());
    CHECK(peakBytes(at::Device(at::kCUDA, 0)) == 0);
}

TEST_CASE("the devices of this machine are reported") {
    DeviceOptions options;
    options.threads = 1;
    const auto outcome = reportDevices(options);
    const auto* report = std::get_if<MachineReport>(&outcome);
    REQUIRE(report);
    const DeviceReport& cpu = report->devices.front();
    CHECK(cpu.id == "cpu");
    CHECK(cpu.threads == 1);
    CHECK(cpu.memoryBytes > cpu.usedBytes);
    CHECK(cpu.usedBytes > 0);
    CHECK(cpu.kernels.size() == kernelCount);
    CHECK((report->devices.size() > 1) == report->withoutGpu.empty());

    options.device = "cuda:99";
    const auto missing = reportDevices(options);
    REQUIRE(std::get_if<Error>(&missing));
    CHECK(std::get<Error>(missing).kind == ErrorKind::usage);
}

TEST_CASE("the gain of bf16 is measured once and remembered") {
    const test::TemporaryFolder folder;
    const RememberedResults results(folder.path() / "measured.json", {"/program", "1"});
    const double gain = bf16Gain(64, 1, results);
    CHECK(gain > 0);
    CHECK(bf16Gain(64, 1, results) == gain);
    results.remember("bf16 gain at width 64, 1 threads", 17);
    CHECK(bf16Gain(64, 1, results) == 17);
}

TEST_CASE("memory that ran out is known by its exception") {
    CHECK(isOutOfMemory(std::bad_alloc()));
    CHECK(isOutOfMemory(std::runtime_error("CUDA error: out of memory\nmore")));
    CHECK(isOutOfMemory(std::runtime_error("CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate")));
    CHECK(!isOutOfMemory(std::runtime_error("shapes cannot be multiplied")));
}
