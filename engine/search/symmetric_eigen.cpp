#include "engine/search/symmetric_eigen.h"

#include <cmath>
#include <cstddef>

namespace ropescope {
namespace {

using Matrix = std::vector<std::vector<double>>;

double offDiagonal(const Matrix& matrix) {
    double sum = 0;
    for (std::size_t row = 0; row < matrix.size(); ++row)
        for (std::size_t column = row + 1; column < matrix.size(); ++column)
            sum += matrix[row][column] * matrix[row][column];
    return sum;
}

void rotate(Matrix& matrix, Matrix& vectors, std::size_t p, std::size_t q) {
    if (matrix[p][q] == 0)
        return;
    const double theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
    const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
    const double c = 1 / std::sqrt(t * t + 1);
    const double s = t * c;
    const auto turn = [c, s](double& a, double& b) {
        const double old = a;
        a = c * old - s * b;
        b = s * old + c * b;
    };
    for (std::size_t k = 0; k < matrix.size(); ++k)
        turn(matrix[k][p], matrix[k][q]);
    for (std::size_t k = 0; k < matrix.size(); ++k)
        turn(matrix[p][k], matrix[q][k]);
    for (std::size_t k = 0; k < matrix.size(); ++k)
        turn(vectors[k][p], vectors[k][q]);
}

} // namespace

SymmetricEigen symmetricEigen(Matrix matrix) {
    const std::size_t size = matrix.size();
    SymmetricEigen result;
    result.vectors.assign(size, std::vector<double>(size, 0));
    double scale = 0;
    for (std::size_t k = 0; k < size; ++k) {
        result.vectors[k][k] = 1;
        scale += matrix[k][k] * matrix[k][k];
    }
    constexpr int mostSweeps = 30; // Jacobi converges quadratically; ten are plenty
    for (int sweep = 0; sweep < mostSweeps && offDiagonal(matrix) > 1e-28 * scale; ++sweep)
        for (std::size_t p = 0; p < size; ++p)
            for (std::size_t q = p + 1; q < size; ++q)
                rotate(matrix, result.vectors, p, q);
    for (std::size_t k = 0; k < size; ++k)
        result.values.push_back(matrix[k][k]);
    return result;
}

} // namespace ropescope
