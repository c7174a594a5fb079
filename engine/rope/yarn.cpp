#include "engine/rope/yarn.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "engine/rope/attention_factor.h"

namespace ropescope {
namespace {

// The (fractional) pair index that makes `turns` turns over the trained length.
double pairWithTurns(const RopeGeometry& geometry, double turns) {
    const double wavelength = static_cast<double>(geometry.trainedLength) / (turns * 2 * std::numbers::pi);
    return geometry.rotaryDim * std::log(wavelength) / (2 * std::log(geometry.theta));
}

} // namespace

Result<FactorSet> Yarn::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    if (!(m_options.betaFast > 0) || !(m_options.betaSlow > 0))
        return fail(usageError(fmt::format("yarn's beta_fast and beta_slow must be above 0, not {} and {}",
                                           m_options.betaFast, m_options.betaSlow)));
    double low = pairWithTurns(geometry, m_options.betaFast);
    double high = pairWithTurns(geometry, m_options.betaSlow);
    if (m_options.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, geometry.rotaryDim - 1.0);
    if (low == high)
        high += 0.001;

    FactorSet set;
    set.attentionFactor = m_options.attentionFactor.value_or(yarnAttentionFactor(scale));
    set.origin = methodOrigin(*this, scale);
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        const double ramp = std::clamp((pair - low) / (high - low), 0.0, 1.0);
        set.factors.push_back(scale / (ramp + scale * (1 - ramp)));
    }
    return set;
}

} // namespace ropescope
