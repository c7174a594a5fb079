#include "engine/rope/angles.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "engine/rope/lattice_count.h"

namespace ropescope {
namespace {

__extension__ using Wide = unsigned __int128;

// The smallest normal float16, which the authors' program adds to every count.
constexpr double countSmoothing = 0x1p-14;

// One question to the lattice costs about as much as this many steps of a walk.
constexpr std::int64_t stepsPerQuestion = 64;

std::vector<std::int64_t> walkedHistogram(std::uint64_t step, std::int64_t length, int bins) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(bins));
    std::uint64_t phase = 0;
    for (std::int64_t position = 0; position < length; ++position, phase += step)
        ++counts[static_cast<std::size_t>(static_cast<Wide>(phase) * static_cast<unsigned>(bins) >> 64U)];
    return counts;
}

std::vector<std::int64_t> latticeHistogram(std::uint64_t step, std::int64_t length, int bins) {
    const LatticeCount lattice(step, static_cast<std::uint64_t>(length));
    const auto wideBins = static_cast<unsigned>(bins);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(bins));
    std::int64_t before = 0;
    for (unsigned bin = 0; bin < wideBins; ++bin) {
        // The first phase of the next bin: k turns / bins, rounded up.
        const Wide edge = ((static_cast<Wide>(bin + 1) << 64U) + wideBins - 1) / wideBins;
        const auto upTo =
            bin + 1 == wideBins ? length : static_cast<std::int64_t>(lattice.below(static_cast<std::uint64_t>(edge)));
        counts[bin] = upTo - before;
        before = upTo;
    }
    return counts;
}

double divergence(const std::vector<std::int64_t>& from, std::int64_t fromLength, const std::vector<std::int64_t>& to,
                  std::int64_t toLength) {
    double sum = 0;
    for (std::size_t bin = 0; bin < from.size(); ++bin) {
        const double p = (static_cast<double>(from[bin]) + countSmoothing) / static_cast<double>(fromLength);
        const double q = (static_cast<double>(to[bin]) + countSmoothing) / static_cast<double>(toLength);
        sum += p * std::log(p / q);
    }
    return sum;
}

double unseenShare(const PairAngles& angles, std::int64_t targetLength) {
    std::int64_t unseen = 0;
    for (std::size_t bin = 0; bin < angles.target.size(); ++bin)
        if (angles.trained[bin] == 0)
            unseen += angles.target[bin];
    return static_cast<double>(unseen) / static_cast<double>(targetLength);
}

} // namespace

std::vector<std::int64_t> angleHistogram(double frequency, std::int64_t length, int bins) {
    const std::uint64_t step = turnFraction(frequency);
    return length / stepsPerQuestion < bins ? walkedHistogram(step, length, bins)
                                            : latticeHistogram(step, length, bins);
}

Result<void> checkAngleOptions(const RopeGeometry& geometry, const AngleOptions& options) {
    if (auto checked = checkGeometry(geometry); !checked)
        return checked;
    for (const std::int64_t length : {options.targetLength, geometry.trainedLength})
        if (length < 1 || length > longestAngleCount)
            return fail(usageError(
                fmt::format("angles are counted over 1 to {} positions, not {}", longestAngleCount, length)));
    if (options.bins < 1 || options.bins > mostAngleBins)
        return fail(usageError(fmt::format("angles are counted in 1 to {} bins, not {}", mostAngleBins, options.bins)));
    return {};
}

PairAngles comparePairAngles(const RopeGeometry& geometry, int pair, double factor, const AngleOptions& options) {
    const double trained = frequency(geometry, pair);
    const double target = trained / factor;
    constexpr double turn = 2 * std::numbers::pi;
    PairAngles angles;
    angles.period = turn / target;
    angles.rotationsTrained = static_cast<double>(geometry.trainedLength) * trained / turn;
    angles.rotationsTarget = static_cast<double>(options.targetLength) * target / turn;
    angles.trained = angleHistogram(trained, geometry.trainedLength, options.bins);
    angles.target = angleHistogram(target, options.targetLength, options.bins);
    angles.disturbance = divergence(angles.trained, geometry.trainedLength, angles.target, options.targetLength);
    angles.reverseDisturbance = divergence(angles.target, options.targetLength, angles.trained, geometry.trainedLength);
    angles.unseenFraction = unseenShare(angles, options.targetLength);
    return angles;
}

AngleReport compareAngles(const RopeGeometry& geometry, const FactorSet& set, const AngleOptions& options) {
    AngleReport report;
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        report.pairs.push_back(comparePairAngles(geometry, pair, set.factors[static_cast<std::size_t>(pair)], options));
        report.disturbance += report.pairs.back().disturbance / geometry.pairs();
        report.reverseDisturbance += report.pairs.back().reverseDisturbance / geometry.pairs();
    }
    return report;
}

} // namespace ropescope
