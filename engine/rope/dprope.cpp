#include "engine/rope/dprope.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "engine/rope/angles.h"

namespace ropescope {
namespace {

double fall(const DpRopeDisturbances& disturbances, std::size_t pair) {
    return disturbances.extrapolated[pair] - disturbances.interpolated[pair];
}

} // namespace

Result<DpRopeDisturbances> dpRopeDisturbances(const RopeGeometry& geometry, double scale, int bins) {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    if (scale < 1)
        return fail(usageError(fmt::format("dprope needs a scale of at least 1, not {}", scale)));
    const double target = std::round(static_cast<double>(geometry.trainedLength) * scale);
    const AngleOptions options{target < static_cast<double>(longestAngleCount) ? static_cast<std::int64_t>(target)
                                                                               : longestAngleCount + 1,
                               bins};
    if (auto checked = checkAngleOptions(geometry, options); !checked)
        return fail(checked.error());
    DpRopeDisturbances result;
    result.scale = scale;
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        result.extrapolated.push_back(comparePairAngles(geometry, pair, 1, options).disturbance);
        result.interpolated.push_back(comparePairAngles(geometry, pair, scale, options).disturbance);
    }
    return result;
}

FactorSet dpRopeByThreshold(const DpRopeDisturbances& disturbances, double threshold) {
    FactorSet set{{}, 1.0, fmt::format("dprope:{}, threshold {}", disturbances.scale, threshold)};
    for (std::size_t pair = 0; pair < disturbances.extrapolated.size(); ++pair)
        set.factors.push_back(
            disturbances.extrapolated[pair] > disturbances.interpolated[pair] + threshold ? disturbances.scale : 1.0);
    return set;
}

FactorSet dpRopeByDimensions(const DpRopeDisturbances& disturbances, int dimensions) {
    std::vector<std::size_t> order(disturbances.extrapolated.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
        return fall(disturbances, one) > fall(disturbances, other);
    });
    const auto interpolated = std::min(order.size(), static_cast<std::size_t>(std::max(dimensions, 0) / 2));
    FactorSet set{std::vector<double>(order.size(), 1.0), 1.0,
                  fmt::format("dprope:{}, {} dimensions interpolated", disturbances.scale, 2 * interpolated)};
    for (std::size_t rank = 0; rank < interpolated; ++rank)
        set.factors[order[rank]] = disturbances.scale;
    return set;
}

Result<FactorSet> DpRope::factors(const RopeGeometry& geometry, double scale) const {
    const auto disturbances = dpRopeDisturbances(geometry, scale);
    if (!disturbances)
        return fail(disturbances.error());
    FactorSet set = dpRopeByThreshold(*disturbances, 0);
    set.origin = methodOrigin(*this, scale);
    return set;
}

} // namespace ropescope
