#include "views/models/angle_heat.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ropescope {

std::vector<double> densities(const std::vector<std::int64_t>& counts, int rows) {
    std::vector<double> result(static_cast<std::size_t>(std::max(rows, 0)), 0.0);
    const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
    if (result.empty() || total <= 0)
        return result;
    const double binsPerRow = static_cast<double>(counts.size()) / rows;
    for (int row = 0; row < rows; ++row) {
        const double from = row * binsPerRow;
        const double to = from + binsPerRow;
        double sum = 0;
        for (auto bin = static_cast<std::size_t>(from); bin < counts.size() && static_cast<double>(bin) < to; ++bin) {
            const double start = std::max(from, static_cast<double>(bin));
            const double end = std::min(to, static_cast<double>(bin) + 1);
            sum += static_cast<double>(counts[bin]) * std::max(end - start, 0.0);
        }
        result[static_cast<std::size_t>(row)] = sum / total * rows;
    }
    return result;
}

std::vector<double> heatColumn(const PairAngles& pair, AngleView view, int rows) {
    if (view == AngleView::trained)
        return densities(pair.trained, rows);
    auto column = densities(pair.target, rows);
    if (view == AngleView::difference) {
        const auto trained = densities(pair.trained, rows);
        std::transform(column.begin(), column.end(), trained.begin(), column.begin(), std::minus<>());
    }
    return column;
}

ColourScale heatScale(AngleView view) {
    if (view == AngleView::difference)
        return {-4, 4, 0.35};
    return {0, 4, 1};
}

} // namespace ropescope
