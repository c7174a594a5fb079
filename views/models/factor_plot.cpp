#include "views/models/factor_plot.h"

#include <cmath>

namespace ropescope {

double FactorPlot::yOf(double factor) const {
    if (!(factor > 0))
        return top + height;
    return top + height * (1 - logFraction(range, factor));
}

double FactorPlot::factorAt(double y) const {
    return logValue(range, 1 - (y - top) / height);
}

double FactorPlot::logDistance(double pixels) const {
    return -pixels / height * std::log(range.high / range.low);
}

std::optional<int> FactorPlot::handleAt(double x, double y, const std::vector<double>& factors, double reach) const {
    std::optional<int> nearest;
    double least = reach;
    for (int pair = 0; pair < axis.pairs() && static_cast<std::size_t>(pair) < factors.size(); ++pair) {
        const double distance = std::hypot(axis.centre(pair) - x, yOf(factors[static_cast<std::size_t>(pair)]) - y);
        if (distance <= least) {
            least = distance;
            nearest = pair;
        }
    }
    return nearest;
}

} // namespace ropescope
