#include "views/models/factor_edit.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("Changes multiply, spare locked pairs and stay within bounds") {
    const Factors factors{1, 2, 4, 8};
    CHECK(scaled(factors, {1, 3}, 2, {}) == Factors{1, 4, 8, 8});
    CHECK(scaled(factors, {0, 4}, 2, {false, true}) == Factors{2, 2, 8, 16});
    CHECK(scaled(factors, {-5, 99}, 1e-9, {}) == Factors(4, smallestFactor));
    CHECK(withFactor(factors, 2, 1e9, {}) == Factors{1, 2, largestFactor, 8});
    CHECK(withFactor(factors, 2, 3, {false, false, true}) == factors);
    CHECK(withFactor(factors, 9, 3, {}) == factors);
    CHECK(boundedFactor(std::nan("")) == 1);
}

TEST_CASE("Shift makes a drag a tenth as far, and keys step by one per cent or a tenth of it") {
    CHECK(dragRatio(std::log(2.0), false) == Approx(2));
    CHECK(dragRatio(std::log(2.0), true) == Approx(std::pow(2.0, 0.1)));
    CHECK(stepRatio(true, false) * stepRatio(false, false) == Approx(1));
    CHECK(stepRatio(true, true) == Approx(1.001));
}

TEST_CASE("The brush puts its pair at the pointer and moves neighbours less and less") {
    const Factors flat(9, 1.0);
    const auto result = painted(flat, 4, 2, 3, {});
    CHECK(result[4] == Approx(2));
    CHECK(result[0] == 1);
    CHECK(result[8] == 1);
    for (int distance = 1; distance <= 3; ++distance) {
        const auto left = static_cast<std::size_t>(4 - distance);
        const auto right = static_cast<std::size_t>(4 + distance);
        CHECK(result[left] == Approx(result[right]));
        CHECK(result[left] < result[left + 1]);
        CHECK(result[left] > 1);
    }
    CHECK(painted(flat, 4, 2, 3, Locks(9, true)) == flat);
    CHECK(painted(flat, 42, 2, 3, {}) == flat);
}

TEST_CASE("Smoothing flattens a spike, leaves a geometric ramp and what lies outside alone") {
    const auto smooth = smoothed({1, 1, 16, 1, 1}, {1, 4}, {});
    CHECK(smooth[2] == Approx(4));
    CHECK(smooth[1] == Approx(2));
    CHECK(smooth[0] == 1);
    const Factors ramp{1, 2, 4, 8, 16};
    const auto same = smoothed(ramp, {1, 4}, {});
    for (std::size_t i = 0; i < ramp.size(); ++i)
        CHECK(same[i] == Approx(ramp[i]));
}
