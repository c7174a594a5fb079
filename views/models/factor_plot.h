// Where a factor lies in the factors track and which handle a pointer meets. Pure arithmetic, no Qt.
#pragma once

#include <optional>
#include <vector>

#include "views/models/pair_axis.h"
#include "views/models/ticks.h"

namespace ropescope {

struct FactorPlot {
    PairAxis axis;
    LogRange range;
    double top = 0; // y of range.high
    double height = 1;

    // Values outside the range lie outside the plot; what is not positive lies at its foot.
    [[nodiscard]] double yOf(double factor) const;
    [[nodiscard]] double factorAt(double y) const;
    // How far a pointer that moved by `pixels` (down is positive) moved a factor's logarithm.
    [[nodiscard]] double logDistance(double pixels) const;
    // The pair whose handle is nearest to the point and within `reach` pixels.
    [[nodiscard]] std::optional<int> handleAt(double x, double y, const std::vector<double>& factors,
                                              double reach) const;
};

} // namespace ropescope
