#include "engine/search/synthetic_objective.h"

#include <algorithm>
#include <cmath>

namespace ropescope {

bool SyntheticObjective::Rule::holds(double factor) const {
    if (above)
        return factor > *above;
    if (below)
        return factor < *below;
    double phase = (factor - origin) / period;
    phase -= std::floor(phase);
    return std::min(phase, 1 - phase) > keep;
}

double SyntheticObjective::score(std::span<const double> factors) const {
    for (const Rule& rule : rules)
        if (rule.holds(factors[static_cast<std::size_t>(rule.pair)]))
            return rule.score;
    double sum = constant;
    for (std::size_t pair = 0; pair < weights.size(); ++pair) {
        const double distance = factors[pair] - targets[pair];
        sum += (weights[pair] * distance) * distance;
    }
    for (std::size_t pair = 0; pair < amplitudes.size(); ++pair)
        sum += amplitudes[pair] * std::sin(rates[pair] * factors[pair]);
    for (std::size_t pair = 0; pair < products.size(); ++pair)
        sum += (products[pair] * factors[pair]) * factors[pair + 1];
    if (toFloat32)
        return static_cast<double>(static_cast<float>(sum));
    return grid ? std::floor(sum * *grid + 0.5) / *grid : sum;
}

} // namespace ropescope
