#include "views/models/factor_edit.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ropescope {

namespace {

bool editable(const Factors& factors, int pair, const Locks& locks) {
    const auto i = static_cast<std::size_t>(pair);
    return pair >= 0 && i < factors.size() && !(i < locks.size() && locks[i]);
}

} // namespace

double boundedFactor(double factor) {
    return std::isnan(factor) ? 1.0 : std::clamp(factor, smallestFactor, largestFactor);
}

double dragRatio(double logDistance, bool slow) {
    return std::exp(slow ? logDistance / 10 : logDistance);
}

Factors withFactor(const Factors& factors, int pair, double value, const Locks& locks) {
    Factors result = factors;
    if (editable(factors, pair, locks))
        result[static_cast<std::size_t>(pair)] = boundedFactor(value);
    return result;
}

Factors scaled(const Factors& factors, Segment segment, double ratio, const Locks& locks) {
    Factors result = factors;
    for (int pair = segment.first; pair < segment.end; ++pair)
        if (editable(factors, pair, locks))
            result[static_cast<std::size_t>(pair)] = boundedFactor(factors[static_cast<std::size_t>(pair)] * ratio);
    return result;
}

Factors painted(const Factors& factors, int pair, double value, int radius, const Locks& locks) {
    if (pair < 0 || static_cast<std::size_t>(pair) >= factors.size())
        return factors;
    Factors result = factors;
    const double move = std::log(boundedFactor(value) / boundedFactor(factors[static_cast<std::size_t>(pair)]));
    for (int other = pair - radius; other <= pair + radius; ++other) {
        if (!editable(factors, other, locks))
            continue;
        const double weight = (1 + std::cos(std::numbers::pi * std::abs(other - pair) / (radius + 1))) / 2;
        const auto i = static_cast<std::size_t>(other);
        result[i] = boundedFactor(boundedFactor(factors[i]) * std::exp(move * weight));
    }
    return result;
}

Factors smoothed(const Factors& factors, Segment segment, const Locks& locks) {
    Factors result = factors;
    const int last = static_cast<int>(factors.size()) - 1;
    const auto logAt = [&factors, last](int pair) {
        return std::log(boundedFactor(factors[static_cast<std::size_t>(std::clamp(pair, 0, last))]));
    };
    for (int pair = std::max(segment.first, 0); pair < segment.end && pair <= last; ++pair)
        if (editable(factors, pair, locks))
            result[static_cast<std::size_t>(pair)] =
                boundedFactor(std::exp((logAt(pair - 1) + 2 * logAt(pair) + logAt(pair + 1)) / 4));
    return result;
}

double stepRatio(bool up, bool fine) {
    const double step = fine ? 1.001 : 1.01;
    return up ? step : 1 / step;
}

} // namespace ropescope
