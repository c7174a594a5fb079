// Percentiles of measured latencies. Pure arithmetic, no Qt.
#pragma once

#include <vector>

namespace ropescope {

struct LatencyStatistics {
    double p50 = 0;
    double p99 = 0;
    double max = 0;
};

// Nearest rank; zeros for none. The unit is that of the values.
[[nodiscard]] LatencyStatistics latencyStatistics(std::vector<double> values);

} // namespace ropescope
