#include "engine/rope/llama3.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace ropescope {

Result<FactorSet> Llama3::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    const auto [low, high] = m_options;
    if (!(low > 0) || !(high > low) || !std::isfinite(high))
        return fail(
            usageError(fmt::format("llama3 needs 0 < low_freq_factor < high_freq_factor, not {} and {}", low, high)));
    FactorSet set;
    set.origin = methodOrigin(*this, scale);
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        const double wavelength = 2 * std::numbers::pi / frequency(geometry, pair);
        const double turns = static_cast<double>(geometry.trainedLength) / wavelength;
        const double kept = std::clamp((turns - low) / (high - low), 0.0, 1.0); // share of the old frequency
        set.factors.push_back(1 / ((1 - kept) / scale + kept));
    }
    return set;
}

} // namespace ropescope
