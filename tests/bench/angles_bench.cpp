// How long the angle counts take on one core: all pairs at a target of 1,000,000 positions, and one changed pair.
// A program to run by hand; prints medians. Aims: under 50 ms and under 2 ms.
#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "engine/rope/angles.h"
#include "engine/rope/method.h"

namespace {

using namespace ropescope;

template <class Work>
double medianMilliseconds(int rounds, Work work) {
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        work(round);
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
    return times[static_cast<std::size_t>(rounds / 2)];
}

} // namespace

int main() {
    double sum = 0; // what was computed is used, so nothing is optimised away
    for (const RopeGeometry& geometry : {RopeGeometry{128, 128, 10000, 4096}, RopeGeometry{128, 128, 500000, 131072}})
        for (const int bins : {360, 720})
            for (const std::int64_t length : {std::int64_t{1'000'000}, std::int64_t{1'000'000'000}}) {
                const AngleOptions options{length, bins};
                const auto set = findRopeMethod("yarn")->factors(
                    geometry, static_cast<double>(length) / static_cast<double>(geometry.trainedLength));
                const double all =
                    medianMilliseconds(21, [&](int) { sum += compareAngles(geometry, *set, options).disturbance; });
                double slowest = 0;
                for (int pair = 0; pair < geometry.pairs(); ++pair)
                    slowest = std::max(slowest, medianMilliseconds(21, [&](int round) {
                                           sum +=
                                               comparePairAngles(geometry, pair, 1 + 0.1 * round, options).disturbance;
                                       }));
                fmt::print(
                    "trained {:6}, target {:10}, {} bins: all {} pairs {:6.2f} ms, slowest single pair {:.3f} ms\n",
                    geometry.trainedLength, length, bins, geometry.pairs(), all, slowest);
            }
    fmt::print("(checksum {:.6f})\n", sum);
    return 0;
}
