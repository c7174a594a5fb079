#include "views/models/curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ropescope {

std::vector<CurvePoint> reduced(const std::vector<CurvePoint>& points, std::size_t columns) {
    std::vector<CurvePoint> finite;
    std::copy_if(points.begin(), points.end(), std::back_inserter(finite),
                 [](const CurvePoint& p) { return std::isfinite(p.x) && std::isfinite(p.y); });
    if (finite.size() <= 4 * columns || columns == 0)
        return finite;
    const double first = finite.front().x;
    const double width = (finite.back().x - first) / static_cast<double>(columns);
    std::vector<CurvePoint> result;
    for (std::size_t begin = 0; begin < finite.size();) {
        const auto column = width > 0 ? std::floor((finite[begin].x - first) / width) : 0.0;
        std::size_t end = begin + 1;
        while (end < finite.size() && width > 0 && std::floor((finite[end].x - first) / width) == column)
            ++end;
        const auto [low, high] = std::minmax_element(
            finite.begin() + static_cast<std::ptrdiff_t>(begin), finite.begin() + static_cast<std::ptrdiff_t>(end),
            [](const CurvePoint& a, const CurvePoint& b) { return a.y < b.y; });
        std::vector<std::size_t> kept{begin, static_cast<std::size_t>(low - finite.begin()),
                                      static_cast<std::size_t>(high - finite.begin()), end - 1};
        std::sort(kept.begin(), kept.end());
        kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
        for (const std::size_t i : kept)
            result.push_back(finite[i]);
        begin = end;
    }
    return result;
}

std::vector<CurvePoint> bestSoFar(const std::vector<CurvePoint>& points) {
    std::vector<CurvePoint> best;
    for (const CurvePoint& point : points)
        if (std::isfinite(point.y) && (best.empty() || point.y < best.back().y))
            best.push_back(point);
    if (!best.empty() && best.back().x < points.back().x)
        best.push_back({points.back().x, best.back().y});
    return best;
}

ValueRange rangeOf(const std::vector<double>& values) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double value : values)
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    if (low > high)
        return {};
    const double margin = high > low ? (high - low) / 12 : std::max(std::abs(low) / 100, 1e-6);
    return {low - margin, high + margin};
}

} // namespace ropescope
