#include "engine/search/dcis_start.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/rope/yarn.h"

namespace ropescope {
namespace {

double pairWithTurns(const RopeGeometry& geometry, double turns) {
    const double wavelength = static_cast<double>(geometry.trainedLength) / (turns * 2 * std::numbers::pi);
    return geometry.rotaryDim * std::log(wavelength) / (2 * std::log(geometry.theta));
}

} // namespace

Result<FactorSet> dcisYarnStart(const RopeGeometry& geometry, double scale, const DcisStartOptions& options) {
    // The exact formula checks the input and gives the attention factor and the name.
    YarnOptions corners;
    corners.betaFast = options.betaFast;
    corners.betaSlow = options.betaSlow;
    auto set = Yarn(corners).factors(geometry, scale);
    if (!set)
        return set;
    const double low = std::max(std::floor(pairWithTurns(geometry, options.betaFast)), 0.0);
    double high = std::min(std::ceil(pairWithTurns(geometry, options.betaSlow)), geometry.rotaryDim - 1.0);
    if (low == high)
        high += 0.001;
    const auto s = static_cast<float>(scale);
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        const float along = (static_cast<float>(pair) - static_cast<float>(low)) / static_cast<float>(high - low);
        // The authors' program keeps 1 - ramp and takes it from 1 again, which rounds.
        const float kept = 1.0F - std::clamp(along, 0.0F, 1.0F);
        const float interpolated = 1.0F - kept;
        const float reciprocal = 1.0F / (interpolated + s * kept);
        set->factors[static_cast<std::size_t>(pair)] = static_cast<double>(reciprocal * s);
    }
    return set;
}

} // namespace ropescope
