#include "engine/rope/interpolation.h"

#include <algorithm>
#include <cmath>

namespace ropescope {
namespace {

// factor_i = ratio^(2i/(D-2)); a single pair is the first one and keeps its frequency.
std::vector<double> enlargedBase(const RopeGeometry& geometry, double ratio) {
    std::vector<double> factors(static_cast<std::size_t>(geometry.pairs()), 1.0);
    for (int pair = 1; pair < geometry.pairs(); ++pair)
        factors[static_cast<std::size_t>(pair)] = std::pow(ratio, 2.0 * pair / (geometry.rotaryDim - 2));
    return factors;
}

} // namespace

Result<FactorSet> Extrapolation::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    return unscaled(geometry);
}

Result<FactorSet> PositionInterpolation::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    return FactorSet{std::vector<double>(static_cast<std::size_t>(geometry.pairs()), scale), 1.0,
                     methodOrigin(*this, scale)};
}

Result<FactorSet> NtkAware::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    return FactorSet{enlargedBase(geometry, scale), 1.0, methodOrigin(*this, scale)};
}

Result<FactorSet> DynamicNtk::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    const double growth = static_cast<double>(std::max(m_sequenceLength, geometry.trainedLength)) /
                          static_cast<double>(geometry.trainedLength);
    return FactorSet{enlargedBase(geometry, scale * growth - (scale - 1)), 1.0, methodOrigin(*this, scale)};
}

} // namespace ropescope
