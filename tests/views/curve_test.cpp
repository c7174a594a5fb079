#include "views/models/curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("A reduced curve keeps every column's extremes, its ends and its order") {
    std::vector<CurvePoint> points;
    for (int i = 0; i < 100'000; ++i)
        points.push_back({static_cast<double>(i), std::sin(i * 0.37)});
    points[54'321].y = 9;
    points[12].y = std::nan("");
    const auto shown = reduced(points, 300);
    CHECK(shown.size() <= 4 * 301);
    CHECK(shown.front() == points.front());
    CHECK(shown.back() == points.back());
    CHECK(std::count(shown.begin(), shown.end(), points[54'321]) == 1);
    CHECK(
        std::is_sorted(shown.begin(), shown.end(), [](const CurvePoint& a, const CurvePoint& b) { return a.x < b.x; }));
}

TEST_CASE("Short curves stay as they are, without what is not finite") {
    const std::vector<CurvePoint> points{{0, 1}, {1, std::numeric_limits<double>::infinity()}, {2, 3}};
    CHECK(reduced(points, 10) == std::vector<CurvePoint>{{0, 1}, {2, 3}});
    CHECK(reduced({}, 10).empty());
}

TEST_CASE("The best so far only falls, and reaches to the last evaluation") {
    const double nan = std::nan("");
    CHECK(bestSoFar({{1, nan}, {2, 5}, {3, 6}, {4, 4}, {5, nan}}) == std::vector<CurvePoint>{{2, 5}, {4, 4}, {5, 4}});
    CHECK(bestSoFar({{1, nan}}).empty());
}

TEST_CASE("A range has room around its values, also around one and none") {
    CHECK(rangeOf({}) == ValueRange{0, 1});
    CHECK(rangeOf({std::nan("")}) == ValueRange{0, 1});
    const auto single = rangeOf({5});
    CHECK(single.low < 5);
    CHECK(single.high > 5);
    CHECK(rangeOf({0, 12}) == ValueRange{-1, 13});
}
