#include "views/models/ticks.h"
#include <algorithm>

#include <cmath>
#include <limits>

#include "tests/support/qt_catch.h"
#include "views/charts/plot_frame.h"

using namespace ropescope;

TEST_CASE("Linear ticks are round, inside the range and no more than asked for") {
    CHECK(linearTicks(0, 1, 3) == std::vector<double>{0, 0.5, 1});
    CHECK(linearTicks(-0.021, 0.013, 4) == std::vector<double>{-0.02, -0.01, 0, 0.01});
    CHECK(linearTicks(5, 5, 4) == std::vector<double>{5});
    const double span = GENERATE(1e-6, 0.3, 7.0, 12345.0, 9e11);
    const int most = GENERATE(1, 2, 5, 9);
    const auto ticks = linearTicks(-span / 3, span, most);
    CHECK(static_cast<int>(ticks.size()) <= most);
    CHECK(!ticks.empty());
    for (const double tick : ticks)
        CHECK((tick >= -span / 3 - span * 1e-9 && tick <= span * (1 + 1e-9)));
}

TEST_CASE("What is not a number has no ticks") {
    CHECK(linearTicks(std::nan(""), 1, 5).empty());
    CHECK(linearTicks(0, std::numeric_limits<double>::infinity(), 5).empty());
    CHECK(logTicks(0, 1, 5).empty());
    CHECK(logTicks(std::nan(""), 4, 5).empty());
}

TEST_CASE("Log ticks are powers of two, of ten when there are too many") {
    CHECK(logTicks(0.8, 10, 6) == std::vector<double>{1, 2, 4, 8});
    CHECK(logTicks(0.9, 70, 4) == std::vector<double>{1, 4, 16, 64});
    const auto wide = logTicks(1e-4, 1e6, 6);
    CHECK(wide.size() <= 6);
    CHECK(wide.front() >= 1e-4 * (1 - 1e-9));
}

TEST_CASE("Decade ticks are round, spread over the decades, and never too many") {
    CHECK(decadeTicks(12, 61, 8) == std::vector<double>{15, 20, 30, 40, 50, 60});
    CHECK(decadeTicks(12, 61, 3) == std::vector<double>{20, 50});
    CHECK(decadeTicks(9, 5000, 8) == std::vector<double>{10, 30, 100, 300, 1000, 3000});
    CHECK(decadeTicks(0.5, 1e9, 5).size() <= 5);
    // Too narrow for two steps of a decade: as on a linear axis.
    CHECK(decadeTicks(16.1, 16.9, 8) == linearTicks(16.1, 16.9, 8));
    CHECK(decadeTicks(0, 1, 8).empty());
    CHECK(decadeTicks(1, std::numeric_limits<double>::infinity(), 8).empty());
    for (const double low : {0.013, 0.9, 7.7, 33.0})
        for (const double span : {1.01, 1.7, 4.0, 90.0, 1e5})
            for (const int most : {2, 5, 8}) {
                const auto ticks = decadeTicks(low, low * span, most);
                CHECK(ticks.size() <= static_cast<std::size_t>(most));
                CHECK(std::is_sorted(ticks.begin(), ticks.end()));
            }
}

TEST_CASE("A log range holds every positive value and 1, and survives anything else") {
    const auto range = logRangeFor({0.7, 20, -3, 0, std::nan(""), std::numeric_limits<double>::infinity()});
    CHECK(range.low < 0.7);
    CHECK(range.high > 20);
    CHECK(range.high < 40);
    const auto flat = logRangeFor({});
    CHECK(flat.low < 1);
    CHECK(flat.high > 1);
    CHECK(flat.high / flat.low >= 2);
    CHECK(logValue(range, logFraction(range, 3.7)) == Approx(3.7));
}

TEST_CASE("A tick that stands alone is not rounded to another number") {
    const PlotAxis axis{{16.5423, 16.5438}, AxisScale::linear, {}};
    CHECK(axis.label(16.543, {16.543}) == QStringLiteral("16.5430"));
}
