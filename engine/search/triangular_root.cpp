#include "engine/search/triangular_root.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ropescope {
namespace {

// to[k] += factor * from[k]
void addScaled(double* to, double factor, const double* from, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k)
        to[k] += factor * from[k];
}

} // namespace

UpperTriangle UpperTriangle::identity(std::size_t size) {
    UpperTriangle result{size, std::vector<double>(size * size, 0)};
    for (std::size_t k = 0; k < size; ++k)
        *result.row(k) = 1;
    return result;
}

void UpperTriangle::add(double weight, const std::vector<double>& vector) {
    for (std::size_t k = 0; k < size; ++k)
        addScaled(row(k), weight * vector[k], vector.data() + k, size - k);
}

void UpperTriangle::scale(double factor) {
    for (double& entry : entries)
        entry *= factor;
}

UpperTriangle triangularRoot(UpperTriangle covariance) {
    constexpr double leastVariance = 1e-20;
    UpperTriangle root = std::move(covariance);
    for (std::size_t k = 0; k < root.size; ++k) {
        double* const pivot = root.row(k);
        const std::size_t count = root.size - k;
        if (!(*pivot > leastVariance)) {
            std::fill_n(pivot, count, 0.0);
            *pivot = std::sqrt(leastVariance);
            continue;
        }
        const double length = std::sqrt(*pivot);
        for (std::size_t j = 0; j < count; ++j)
            pivot[j] /= length;
        for (std::size_t j = 1; j < count; ++j)
            addScaled(root.row(k + j), -pivot[j], pivot + j, count - j);
    }
    return root;
}

std::vector<double> spread(const UpperTriangle& root, const std::vector<double>& vector) {
    std::vector<double> result(root.size, 0);
    for (std::size_t k = 0; k < root.size; ++k)
        addScaled(result.data() + k, vector[k], root.row(k), root.size - k);
    return result;
}

} // namespace ropescope
