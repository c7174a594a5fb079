// Eigenvalues of a small symmetric matrix.
#pragma once

#include <vector>

namespace ropescope {

struct SymmetricEigen {
    std::vector<double> values;
    std::vector<std::vector<double>> vectors; // vectors[row][k]: component of eigenvector k
};

// Cyclic Jacobi rotations; `matrix` holds rows. Exact to rounding, the same on every machine with the same arithmetic.
[[nodiscard]] SymmetricEigen symmetricEigen(std::vector<std::vector<double>> matrix);

} // namespace ropescope
