#include "views/models/latency_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ropescope {

LatencyStatistics latencyStatistics(std::vector<double> values) {
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    const auto rank = [&values](double share) {
        const double place = std::ceil(share * static_cast<double>(values.size()));
        return values[static_cast<std::size_t>(std::max(place, 1.0)) - 1];
    };
    return {rank(0.5), rank(0.99), values.back()};
}

} // namespace ropescope
