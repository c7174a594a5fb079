#include "views/models/pair_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ropescope {

PairAxis::PairAxis(int pairs, double left, double width)
    : m_pairs(pairs), m_left(left), m_width(std::max(width, 0.0)) {}

std::optional<int> PairAxis::pairAt(double x) const {
    if (m_pairs <= 0 || m_width <= 0 || x < m_left || x >= right())
        return std::nullopt;
    return nearestPair(x);
}

int PairAxis::nearestPair(double x) const {
    if (m_pairs <= 0 || m_width <= 0)
        return 0;
    const double column = std::clamp(std::floor((x - m_left) / columnWidth()), 0.0, static_cast<double>(m_pairs - 1));
    return static_cast<int>(column);
}

std::vector<int> labelledPairs(const PairAxis& axis, double minimumGap) {
    if (axis.pairs() <= 0 || axis.columnWidth() <= 0)
        return {};
    static constexpr std::array steps{1, 2, 4, 8, 16, 32, 64, 128, 256};
    int step = steps.back();
    for (const int candidate : steps)
        if (candidate * axis.columnWidth() >= minimumGap) {
            step = candidate;
            break;
        }
    const int last = axis.pairs() - 1;
    std::vector<int> pairs;
    for (int pair = 0; pair <= last; pair += step)
        pairs.push_back(pair);
    if (pairs.back() != last) {
        if ((last - pairs.back()) * axis.columnWidth() < minimumGap && pairs.size() > 1)
            pairs.pop_back();
        pairs.push_back(last);
    }
    return pairs;
}

double wavelength(const RopeGeometry& geometry, double pair) {
    return 2 * std::numbers::pi * std::pow(geometry.theta, 2 * pair / geometry.rotaryDim);
}

std::optional<double> pairOfWavelength(const RopeGeometry& geometry, double length) {
    if (geometry.rotaryDim <= 0 || geometry.theta <= 1 || length <= 0)
        return std::nullopt;
    const double pair = geometry.rotaryDim * std::log(length / (2 * std::numbers::pi)) / (2 * std::log(geometry.theta));
    if (pair < -0.5 || pair > geometry.pairs() - 0.5)
        return std::nullopt;
    return pair;
}

} // namespace ropescope
