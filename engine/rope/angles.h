// How often each rotary pair visits each angle, exactly, over the positions of a length (DPRoPE, arXiv
// 2410.01490).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/rope/factor_set.h"

namespace ropescope {

// Lengths and bin counts that the counts below take.
constexpr std::int64_t longestAngleCount = std::int64_t{1} << 40;
constexpr int mostAngleBins = 100'000;

// Positions 0 .. length-1 of one pair, counted by angle (position * frequency mod 2 pi) in equal bins of [0,
// 2 pi). Exact whatever the length: O(bins * log length) lattice-point counts, and a walk over the positions only
// where they are fewer than that. frequency in radians per position, finite, not negative; length 0 ..
// longestAngleCount; bins 1 .. mostAngleBins.
[[nodiscard]] std::vector<std::int64_t> angleHistogram(double frequency, std::int64_t length, int bins);

// One pair's comparison of trained and target positions. Divergences in nats, 2^-14 added to each count
// (the smoothing of the authors' program), P = (count + 2^-14) / length.
struct PairAngles {
    double period = 0;                 // tokens per turn, 2 pi / frequency, of the scaled pair
    double rotationsTrained = 0;       // turns of the unscaled pair over the trained length
    double rotationsTarget = 0;        // turns of the scaled pair over the target length
    double disturbance = 0;            // KL(trained || target)
    double reverseDisturbance = 0;     // KL(target || trained): weighs angles never seen in training
    double unseenFraction = 0;         // share of the target's positions in bins that training never visited
    std::vector<std::int64_t> trained; // counts per bin, unscaled frequency, trained length
    std::vector<std::int64_t> target;  // counts per bin, scaled frequency, target length
};

struct AngleReport {
    std::vector<PairAngles> pairs;
    double disturbance = 0;        // mean over pairs
    double reverseDisturbance = 0; // mean over pairs
};

struct AngleOptions {
    std::int64_t targetLength = 0;
    int bins = 360;
};

// Usage error that names the value for a geometry, target length or number of bins that the comparisons below
// do not take. They need a request that passes, and factors that are finite and above 0.
[[nodiscard]] Result<void> checkAngleOptions(const RopeGeometry& geometry, const AngleOptions& options);

// All pairs; under 50 ms at a target of 1,000,000 on one core. Pure arithmetic, any thread.
[[nodiscard]] AngleReport compareAngles(const RopeGeometry& geometry, const FactorSet& set,
                                        const AngleOptions& options);
// One pair, for an editor that changed one factor.
[[nodiscard]] PairAngles comparePairAngles(const RopeGeometry& geometry, int pair, double factor,
                                           const AngleOptions& options);

} // namespace ropescope
