#include "views/models/factor_plot.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("A point's height and its factor are each other's inverse, and a drag moves by the axis' logarithm") {
    const FactorPlot plot{PairAxis(8, 100, 800), {0.5, 16}, 10, 250};
    CHECK(plot.yOf(16) == Approx(10));
    CHECK(plot.yOf(0.5) == Approx(260));
    CHECK(plot.factorAt(plot.yOf(3.3)) == Approx(3.3));
    // Up by 50 of 250 pixels is a fifth of ln 32: a factor of two.
    CHECK(std::exp(plot.logDistance(-50)) == Approx(2));
    CHECK(plot.yOf(-1) == Approx(260));
}

TEST_CASE("A pointer meets the nearest handle within reach") {
    const FactorPlot plot{PairAxis(8, 0, 800), {0.5, 16}, 0, 250};
    const std::vector<double> factors{1, 2, 4, 8, 8, 4, 2, 1};
    CHECK(plot.handleAt(150, plot.yOf(2), factors, 10) == 1);
    CHECK(plot.handleAt(155, plot.yOf(2) + 6, factors, 10) == 1);
    CHECK(!plot.handleAt(150, plot.yOf(2) + 20, factors, 10));
    CHECK(plot.handleAt(200, plot.yOf(3), factors, 200).has_value());
    CHECK(!plot.handleAt(150, plot.yOf(2), {}, 10));
}
