// The arithmetic of shaping factors by hand: what a drag, a stroke of the brush or a key press makes of a vector. No
// Qt. All changes are multiplications, because the axis is logarithmic; locked pairs never change; results stay within
// smallestFactor .. largestFactor.
#pragma once

#include <vector>

#include "engine/search/method.h"

namespace ropescope {

// The authors' clamp (algorithms: candidates are clamped at 1e-4), and a bound no extension needs.
constexpr double smallestFactor = 1e-4;
constexpr double largestFactor = 1e6;

using Factors = std::vector<double>;
using Locks = std::vector<bool>; // may be shorter than the factors: missing entries are unlocked

[[nodiscard]] double boundedFactor(double factor);

// How much a drag of `fraction` of the axis (in units of its logarithm) multiplies: Shift slows it to a tenth.
[[nodiscard]] double dragRatio(double logDistance, bool slow);

// One pair set to a value.
[[nodiscard]] Factors withFactor(const Factors& factors, int pair, double value, const Locks& locks);
// All pairs of the segment times `ratio`.
[[nodiscard]] Factors scaled(const Factors& factors, Segment segment, double ratio, const Locks& locks);
// The brush: `pair` gets `value`, its neighbours within `radius` pairs move along by a raised cosine of their distance.
[[nodiscard]] Factors painted(const Factors& factors, int pair, double value, int radius, const Locks& locks);
// One pass of 1-2-1 over the logarithms inside the segment; the segment's outer neighbours count but do not change.
[[nodiscard]] Factors smoothed(const Factors& factors, Segment segment, const Locks& locks);
// The arrow keys: 1 % a press, 0.1 % when fine.
[[nodiscard]] double stepRatio(bool up, bool fine);

} // namespace ropescope
