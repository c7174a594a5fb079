// The square root of a small covariance.
#pragma once

#include <cstddef>
#include <vector>

namespace ropescope {

// A square matrix by rows of which only the upper triangle is used: a covariance, or its root.
struct UpperTriangle {
    std::size_t size = 0;
    std::vector<double> entries; // size x size, row by row; below the diagonal 0

    [[nodiscard]] static UpperTriangle identity(std::size_t size);
    // From the diagonal on: entry k belongs to column row + k.
    [[nodiscard]] double* row(std::size_t row) { return entries.data() + row * size + row; }
    [[nodiscard]] const double* row(std::size_t row) const { return entries.data() + row * size + row; }

    // Adds weight v v^T.
    void add(double weight, const std::vector<double>& vector);
    void scale(double factor);
};

// U with U^T U = the covariance (Cholesky), which costs size^3 / 3 operations. A direction that rounding has left
// without variance keeps 1e-20 of it. The same on every machine with the same arithmetic.
[[nodiscard]] UpperTriangle triangularRoot(UpperTriangle covariance);

// U^T v: of that covariance where the entries of v are independent normal numbers.
[[nodiscard]] std::vector<double> spread(const UpperTriangle& root, const std::vector<double>& vector);

} // namespace ropescope
