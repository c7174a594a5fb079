#include "views/models/ticks.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"

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
