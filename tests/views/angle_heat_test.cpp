#include "views/models/angle_heat.h"

#include <numeric>

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("Densities average to 1 whatever the rows, and whole bins keep their weight") {
    const std::vector<std::int64_t> counts{4, 0, 0, 0, 2, 2, 0, 0};
    const int rows = GENERATE(1, 3, 4, 8, 13, 200);
    const auto shown = densities(counts, rows);
    CHECK(std::accumulate(shown.begin(), shown.end(), 0.0) / rows == Approx(1));
    CHECK(densities(counts, 8)[0] == Approx(4));
    CHECK(densities(counts, 2) == std::vector<double>{1, 1});
}

TEST_CASE("Nothing counted and no rows give empty pictures") {
    CHECK(densities({0, 0}, 3) == std::vector<double>{0, 0, 0});
    CHECK(densities({}, 2) == std::vector<double>{0, 0});
    CHECK(densities({1}, 0).empty());
}

TEST_CASE("The difference is target less trained") {
    PairAngles pair;
    pair.trained = {3, 1};
    pair.target = {1, 1};
    CHECK(heatColumn(pair, AngleView::trained, 2) == std::vector<double>{1.5, 0.5});
    CHECK(heatColumn(pair, AngleView::target, 2) == std::vector<double>{1, 1});
    CHECK(heatColumn(pair, AngleView::difference, 2) == std::vector<double>{-0.5, 0.5});
}
