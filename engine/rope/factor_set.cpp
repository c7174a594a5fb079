#include "engine/rope/factor_set.h"

#include <cmath>

#include <fmt/format.h>

namespace ropescope {

double frequency(const RopeGeometry& geometry, int pair) {
    return std::pow(geometry.theta, -2.0 * pair / geometry.rotaryDim);
}

Result<void> checkGeometry(const RopeGeometry& geometry) {
    if (geometry.rotaryDim < 2 || geometry.rotaryDim % 2 != 0 || geometry.rotaryDim > geometry.headDim)
        return fail(
            usageError(fmt::format("the rotary dimension must be even and from 2 to the head dimension {}, not {}",
                                   geometry.headDim, geometry.rotaryDim)));
    if (!std::isfinite(geometry.theta) || geometry.theta <= 1)
        return fail(usageError(fmt::format("theta must be a finite number above 1, not {}", geometry.theta)));
    if (geometry.trainedLength < 1)
        return fail(usageError(fmt::format("the trained length must be at least 1, not {}", geometry.trainedLength)));
    return {};
}

FactorSet unscaled(const RopeGeometry& geometry) {
    return {std::vector<double>(static_cast<std::size_t>(geometry.pairs()), 1.0), 1.0, "none"};
}

std::vector<float> inverseFrequencies(const RopeGeometry& geometry, const FactorSet& set) {
    std::vector<float> result;
    result.reserve(set.factors.size());
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        // The power of two float32 numbers, correctly rounded to float32.
        const float exponent = static_cast<float>(2 * pair) / static_cast<float>(geometry.rotaryDim);
        const auto power = static_cast<float>(
            std::pow(static_cast<double>(static_cast<float>(geometry.theta)), static_cast<double>(exponent)));
        const auto factor = static_cast<float>(set.factors[static_cast<std::size_t>(pair)]);
        result.push_back(1.0F / (factor * power));
    }
    return result;
}

} // namespace ropescope
