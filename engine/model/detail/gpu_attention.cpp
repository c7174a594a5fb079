#include "engine/model/detail/gpu_attention.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/remembered.h"
#include "engine/model/detail/cuda_driver.h"
#include "engine/model/detail/inference_math.h"

namespace ropescope::detail {
namespace {

constexpr std::int64_t shortestMeasured = 1024; // below, attention is a small part of a pass

at::Tensor libTorchChoice(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    return at::scaled_dot_product_attention(query, key, value, {}, 0.0, causal, std::nullopt,
                                            key.size(1) != query.size(1));
}

at::Tensor flash(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    return std::get<0>(at::_scaled_dot_product_flash_attention(query, key, value, 0.0, causal, false));
}

at::Tensor forEveryHead(const at::Tensor& x, std::int64_t heads) {
    return x.repeat_interleave(heads / x.size(1), 1);
}

at::Tensor cudnn(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    return std::get<0>(
        at::_scaled_dot_product_cudnn_attention(query, key, value, std::nullopt, false, 0.0, causal, false));
}

at::Tensor memoryEfficient(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    const std::int64_t heads = query.size(1);
    return std::get<0>(at::_scaled_dot_product_efficient_attention(
        query, forEveryHead(key, heads), forEveryHead(value, heads), std::nullopt, false, 0.0, causal));
}

constexpr std::array ways{AttentionWay{"libtorch", libTorchChoice}, AttentionWay{"flash", flash},
                          AttentionWay{"cudnn", cudnn}, AttentionWay{"memory_efficient", memoryEfficient}};

// Rounding of the type, on sums that all ways take in another order.
bool agree(const at::Tensor& expected, const at::Tensor& found) {
    if (expected.sizes() != found.sizes())
        return false;
    const double size = expected.abs().max().item<double>();
    const double difference = (expected.to(at::kFloat) - found.to(at::kFloat)).abs().max().item<double>();
    const double tolerance = expected.scalar_type() == at::kFloat ? 1e-4 : 0x1p-6;
    return difference <= tolerance * size; // false for NaN
}

// Seconds of a way's second run; infinite where it can't serve or is wrong.
double secondsOf(const AttentionWay& way, const at::Tensor& expected, const std::array<at::Tensor, 3>& in, bool causal,
                 const Stopwatch& seconds) {
    try {
        if (!agree(expected, way.run(in[0], in[1], in[2], causal)))
            return std::numeric_limits<double>::infinity();
        return seconds([&] { (void)way.run(in[0], in[1], in[2], causal); });
    } catch (const std::exception&) { // not for this type, shape, device or memory
        return std::numeric_limits<double>::infinity();
    }
}

double onDevice(at::Device device, const std::function<void()>& work) {
    const c10::impl::VirtualGuardImpl guard(device.type());
    guard.synchronizeDevice(device.index());
    const auto start = std::chrono::steady_clock::now();
    work();
    guard.synchronizeDevice(device.index());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

const AttentionWay* wayNamed(const nlohmann::json& name) {
    const auto found = std::ranges::find_if(
        ways, [&](const AttentionWay& way) { return name.is_string() && name.get<std::string>() == way.name; });
    return found == ways.end() ? nullptr : &*found;
}

const AttentionWay& measuredWay(const std::string& name, const std::array<at::Tensor, 3>& in, bool causal) {
    const RememberedResults results(measurementsFile());
    if (const auto remembered = results.find(name))
        if (const AttentionWay* const way = wayNamed(*remembered))
            return *way;
    const at::Device device = in[0].device();
    const AttentionWay& way =
        fastestWay(ways, in[0], in[1], in[2], causal, [&](const auto& work) { return onDevice(device, work); });
    results.remember(name, std::string(way.name));
    return way;
}

} // namespace

std::span<const AttentionWay> attentionWays() {
    return ways;
}

const AttentionWay& fastestWay(std::span<const AttentionWay> among, const at::Tensor& query, const at::Tensor& key,
                               const at::Tensor& value, bool causal, const Stopwatch& seconds) {
    const std::array in{query, key, value};
    const at::Tensor expected = among.front().run(query, key, value, causal);
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < among.size(); ++i)
        if (const double taken = secondsOf(among[i], expected, in, causal, seconds); taken < least) {
            least = taken;
            best = i;
        }
    return among[best];
}

at::Tensor gpuAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    if (query.size(2) < shortestMeasured)
        return libTorchChoice(query, key, value, causal);
    const auto length = std::bit_ceil(static_cast<std::uint64_t>(key.size(2)));
    const std::string name =
        fmt::format("attention on {}: {}, {} and {} heads of {}, {} sequence(s) of {}{}",
                    cudaDeviceFacts(query.device().index()).name, c10::toString(query.scalar_type()), query.size(1),
                    key.size(1), query.size(3), query.size(0), length, causal ? ", causal" : "");
    static std::mutex mutex;
    static std::map<std::string, const AttentionWay*> chosen;
    const AttentionWay* way = nullptr;
    {
        const std::scoped_lock lock(mutex);
        const AttentionWay*& known = chosen[name];
        if (!known)
            known = &measuredWay(name, {query, key, value}, causal);
        way = known;
    }
    return way->run(query, key, value, causal);
}

} // namespace ropescope::detail
