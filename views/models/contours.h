// Lines of equal value through a grid. Pure arithmetic, no Qt.
#pragma once

#include <vector>

namespace ropescope {

// A straight piece of a contour, in columns and rows of the grid: (0, 0) is the middle of the first cell.
struct ContourPiece {
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    double level = 0;
};

// Marching squares (W. E. Lorensen and H. E. Cline 1987, in two dimensions) over `columns` x `rows` values, row-major;
// saddles are told apart by the mean of their corners. Squares with a value that is not finite have no contour.
[[nodiscard]] std::vector<ContourPiece> contours(const std::vector<double>& values, int columns, int rows,
                                                 const std::vector<double>& levels);

} // namespace ropescope
