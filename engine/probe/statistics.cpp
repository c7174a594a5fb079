#include "engine/probe/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ropescope {
namespace {

constexpr double normal95 = 1.959963984540054;
constexpr std::int64_t runInBin = 16; // tokens of one observation within a bin, and the narrowest bin
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

Block sumOf(std::span<const float> values) {
    return {std::accumulate(values.begin(), values.end(), 0.0), static_cast<std::int64_t>(values.size())};
}

// Appends the runs of one stretch of values: as many as needed for at most `longest` each, as equal as they can be.
void appendRuns(std::vector<Block>& blocks, std::span<const float> values, std::int64_t longest) {
    const auto count = static_cast<std::int64_t>(values.size());
    const std::int64_t runs = (count + longest - 1) / longest;
    for (std::int64_t run = 0; run < runs; ++run) {
        const std::int64_t first = count * run / runs;
        const std::int64_t end = count * (run + 1) / runs;
        blocks.push_back(sumOf(values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(end - first))));
    }
}

} // namespace

Interval wilson95(std::int64_t successes, std::int64_t trials) {
    if (trials <= 0)
        return {0, 1};
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double z2 = normal95 * normal95;
    const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half = normal95 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    // At the ends the formula gives 0 and 1 exactly; rounding must not move them.
    return {successes == 0 ? 0 : std::max(0.0, centre - half), successes == trials ? 1 : std::min(1.0, centre + half)};
}

double student95(std::int64_t degreesOfFreedom) {
    if (degreesOfFreedom <= 0)
        return std::numeric_limits<double>::infinity();
    if (degreesOfFreedom == 1)
        return 12.706204736432095;
    if (degreesOfFreedom == 2)
        return 4.302652729911275;
    const double z = normal95;
    const auto v = static_cast<double>(degreesOfFreedom);
    const double z3 = z * z * z;
    const double z5 = z3 * z * z;
    const double z7 = z5 * z * z;
    const double z9 = z7 * z * z;
    return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v) +
           (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * v * v * v * v);
}

Interval Estimate::interval95() const {
    const double half = student95(units - 1) * standardError;
    return {mean - half, mean + half};
}

Estimate estimateMean(std::span<const Block> blocks) {
    double sum = 0;
    Estimate estimate;
    for (const Block& block : blocks) {
        sum += block.sum;
        estimate.tokens += block.tokens;
    }
    estimate.units = static_cast<std::int64_t>(blocks.size());
    estimate.mean = estimate.tokens > 0 ? sum / static_cast<double>(estimate.tokens) : unknown;
    estimate.standardError = unknown;
    if (blocks.size() < 2)
        return estimate;
    double squares = 0;
    for (const Block& block : blocks) {
        const double deviation = block.sum - estimate.mean * static_cast<double>(block.tokens);
        squares += deviation * deviation;
    }
    const auto units = static_cast<double>(blocks.size());
    estimate.standardError = std::sqrt(units / (units - 1) * squares) / static_cast<double>(estimate.tokens);
    return estimate;
}

std::vector<Block> cutIntoBlocks(std::span<const std::vector<float>> windows, const BlockRule& rule) {
    const bool windowsSuffice = static_cast<std::int64_t>(windows.size()) >= rule.enoughWindows;
    std::vector<Block> blocks;
    for (const std::vector<float>& window : windows) {
        if (window.empty())
            continue;
        if (windowsSuffice)
            blocks.push_back(sumOf(window));
        else
            appendRuns(blocks, window, rule.blockTokens);
    }
    return blocks;
}

Estimate pairedDifference(std::span<const std::vector<float>> a, std::span<const std::vector<float>> b,
                          const BlockRule& rule) {
    std::vector<std::vector<float>> differences(a.size());
    for (std::size_t window = 0; window < a.size(); ++window) {
        differences[window].resize(a[window].size());
        std::ranges::transform(b[window], a[window], differences[window].begin(), std::minus{});
    }
    return estimateMean(cutIntoBlocks(differences, rule));
}

std::vector<std::int64_t> positionEdges(std::int64_t first, std::int64_t end) {
    if (end <= first)
        return {};
    constexpr int bins = 48; // before those too narrow are merged with their neighbours
    // Positions are counted from 1 so that a range from 0 has a logarithm.
    const double low = std::log(static_cast<double>(first + 1));
    const double high = std::log(static_cast<double>(end + 1));
    std::vector<std::int64_t> edges{first};
    for (int bin = 1; bin < bins; ++bin) {
        const auto edge = static_cast<std::int64_t>(std::llround(std::exp(low + (high - low) * bin / bins))) - 1;
        if (edge >= edges.back() + runInBin && edge <= end - runInBin)
            edges.push_back(edge);
    }
    edges.push_back(end);
    return edges;
}

std::vector<PositionBin> bandByPosition(std::span<const std::vector<float>> windows, std::int64_t firstPosition,
                                        std::span<const std::int64_t> edges) {
    std::vector<PositionBin> band;
    for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin) {
        std::vector<std::vector<float>> inside;
        for (const std::vector<float>& window : windows) {
            const auto count = static_cast<std::int64_t>(window.size());
            const std::int64_t first = std::clamp<std::int64_t>(edges[bin] - firstPosition, 0, count);
            const std::int64_t end = std::clamp<std::int64_t>(edges[bin + 1] - firstPosition, first, count);
            inside.emplace_back(window.begin() + first, window.begin() + end);
        }
        band.push_back({edges[bin], edges[bin + 1], estimateMean(cutIntoBlocks(inside, {.blockTokens = runInBin}))});
    }
    return band;
}

} // namespace ropescope
