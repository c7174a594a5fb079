// Round numbers for axes. Pure arithmetic, no Qt.
#pragma once

#include <vector>

namespace ropescope {

// Round values (1, 2 or 5 times a power of ten) inside [low, high], at most `most` of them; both ends may be
// equal. Empty for NaN or infinity.
[[nodiscard]] std::vector<double> linearTicks(double low, double high, int most);

// Powers of two inside [low, high] where they fit in `most`, else powers of ten: factors are read as "twice".
[[nodiscard]] std::vector<double> logTicks(double low, double high, int most);

// Round values spread over a log axis: as many of 1, 2, 5 or more steps a decade as fit in `most`; as linearTicks where
// the range is too narrow for two of them.
[[nodiscard]] std::vector<double> decadeTicks(double low, double high, int most);

// A log axis that holds all values with a margin, and always 1; values that are not positive are left out.
struct LogRange {
    double low = 0.5;
    double high = 2;
    bool operator==(const LogRange&) const = default;
};
[[nodiscard]] LogRange logRangeFor(const std::vector<double>& values);

// 0 at low, 1 at high on the log axis, and back.
[[nodiscard]] double logFraction(const LogRange& range, double value);
[[nodiscard]] double logValue(const LogRange& range, double fraction);

} // namespace ropescope
