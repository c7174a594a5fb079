// Curves made light enough to draw, and the best so far. Pure arithmetic, no Qt.
#pragma once

#include <cstddef>
#include <vector>

namespace ropescope {

struct CurvePoint {
    double x = 0;
    double y = 0;
    bool operator==(const CurvePoint&) const = default;
};

// At most 4 * `columns` points that look the same at that width: first, lowest, highest and last of every column, x
// rising. Points that are not finite are left out. `points` must be in order of x.
[[nodiscard]] std::vector<CurvePoint> reduced(const std::vector<CurvePoint>& points, std::size_t columns);

// The running minimum of y: a point wherever it falls, and one at the end. NaN never counts.
[[nodiscard]] std::vector<CurvePoint> bestSoFar(const std::vector<CurvePoint>& points);

// Range of finite y values with a margin of a twelfth; a little around a single value; 0 .. 1 for none.
struct ValueRange {
    double low = 0;
    double high = 1;
    bool operator==(const ValueRange&) const = default;
};
[[nodiscard]] ValueRange rangeOf(const std::vector<double>& values);

} // namespace ropescope
