#include "views/models/length_scale.h"

#include <algorithm>
#include <cmath>

namespace ropescope {

namespace {

constexpr double catchDistance = 0.01;

// Three significant digits.
std::int64_t rounded(double length) {
    const double unit = std::pow(10.0, std::max(std::floor(std::log10(length)) - 2, 0.0));
    return std::llround(std::round(length / unit) * unit);
}

} // namespace

std::int64_t LengthScale::lengthAt(double position) const {
    const double bounded = std::clamp(position, 0.0, 1.0);
    const double low = static_cast<double>(shortest);
    for (double multiple = low; multiple <= static_cast<double>(longest); multiple *= 2)
        if (std::abs(positionOf(std::llround(multiple)) - bounded) < catchDistance)
            return std::llround(multiple);
    const double length = low * std::pow(static_cast<double>(longest) / low, bounded);
    return std::clamp(rounded(length), shortest, longest);
}

double LengthScale::positionOf(std::int64_t length) const {
    if (longest <= shortest || shortest <= 0)
        return 0;
    const double bounded = static_cast<double>(std::clamp(length, shortest, longest));
    return std::log(bounded / static_cast<double>(shortest)) /
           std::log(static_cast<double>(longest) / static_cast<double>(shortest));
}

} // namespace ropescope
