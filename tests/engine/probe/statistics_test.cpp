#include "engine/probe/statistics.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("Wilson intervals") {
    SECTION("worked example: 8 of 10") {
        // (0.8 + z^2/20 +- z sqrt(0.016 + z^2/400)) / (1 + z^2/10), z = 1.959964, by hand
        const Interval interval = wilson95(8, 10);
        CHECK(interval.low == Approx(0.490162).margin(1e-6));
        CHECK(interval.high == Approx(0.943318).margin(1e-6));
    }
    SECTION("the ends are exact and the other bound is z^2 / (n + z^2) away") {
        CHECK(wilson95(0, 10).low == 0);
        CHECK(wilson95(0, 10).high == Approx(3.841459 / 13.841459).margin(1e-6));
        CHECK(wilson95(10, 10).high == 1);
        CHECK(wilson95(10, 10).low == Approx(10 / 13.841459).margin(1e-6));
    }
    SECTION("nothing tried, nothing known") {
        CHECK(wilson95(0, 0).low == 0);
        CHECK(wilson95(0, 0).high == 1);
    }
}

TEST_CASE("Student's 97.5 % points agree with the tables") {
    CHECK(std::isinf(student95(0)));
    CHECK(student95(1) == Approx(12.7062).margin(1e-4));
    CHECK(student95(2) == Approx(4.3027).margin(1e-4));
    CHECK(student95(3) == Approx(3.1824).epsilon(0.005));
    CHECK(student95(9) == Approx(2.2622).epsilon(0.0005));
    CHECK(student95(30) == Approx(2.0423).epsilon(0.0001));
    CHECK(student95(100000) == Approx(1.95999).epsilon(0.0001));
}

TEST_CASE("equal blocks give the textbook standard error, unequal ones weigh by their tokens") {
    const std::vector<Block> equal{{10, 10}, {20, 10}, {30, 10}};
    const Estimate estimate = estimateMean(equal);
    CHECK(estimate.mean == Approx(2));
    CHECK(estimate.standardError == Approx(1 / std::sqrt(3.0))); // means 1, 2, 3: deviation 1
    CHECK(estimate.units == 3);
    CHECK(estimate.tokens == 30);

    const std::vector<Block> unequal{{10, 10}, {60, 20}};
    CHECK(estimateMean(unequal).mean == Approx(70.0 / 30));
    CHECK(std::isnan(estimateMean(std::vector<Block>{{1, 1}}).standardError));
    CHECK(std::isnan(estimateMean(std::vector<Block>{}).mean));
}

TEST_CASE("many windows are observations themselves, few are cut into runs") {
    const std::vector<std::vector<float>> few{std::vector<float>(100, 1.0F), std::vector<float>(64, 2.0F)};
    const auto runs = cutIntoBlocks(few);
    REQUIRE(runs.size() == 3); // 50 + 50, 64
    CHECK(runs[0].tokens == 50);
    CHECK(runs[1].sum == Approx(50));
    CHECK(runs[2].sum == Approx(128));
    const std::vector<std::vector<float>> many(10, std::vector<float>(100, 1.0F));
    CHECK(cutIntoBlocks(many).size() == 10);
}

TEST_CASE("the standard error of correlated values is that of their blocks") {
    // Values constant over runs of 64: a thousand tokens, but only 16 independent numbers.
    std::vector<float> series;
    double squares = 0;
    for (int run = 0; run < 16; ++run) {
        const float value = run % 2 == 0 ? 1.0F : -1.0F;
        series.insert(series.end(), 64, value);
        squares += 1;
    }
    const std::vector<std::vector<float>> windows{series};
    const Estimate estimate = estimateMean(cutIntoBlocks(windows));
    CHECK(estimate.standardError == Approx(std::sqrt(squares / 15 / 16)));
    CHECK(estimate.interval95().high == Approx(student95(15) * estimate.standardError));
}

TEST_CASE("a paired difference is b minus a, and what both share cancels") {
    std::vector<std::vector<float>> a(12), b(12);
    for (std::size_t window = 0; window < a.size(); ++window)
        for (int token = 0; token < 30; ++token) {
            const auto difficulty = static_cast<float>((window * 37 + static_cast<std::size_t>(token) * 11) % 23);
            a[window].push_back(difficulty);
            b[window].push_back(difficulty - 0.5F);
        }
    const Estimate difference = pairedDifference(a, b);
    CHECK(difference.mean == Approx(-0.5));
    CHECK(difference.standardError == Approx(0).margin(1e-6));
    CHECK(difference.units == 12);
    CHECK(difference.tokens == 360);
}

TEST_CASE("the edges of position bins cover the range, rise, and grow in ratio") {
    CHECK(positionEdges(5, 5).empty());
    CHECK(positionEdges(1, 4) == std::vector<std::int64_t>{1, 4});
    CHECK(positionEdges(1, 33) == std::vector<std::int64_t>{1, 17, 33});
    const auto end = GENERATE(256, 1024, 131072);
    const auto edges = positionEdges(1, end);
    CHECK(edges.front() == 1);
    CHECK(edges.back() == end);
    for (std::size_t edge = 1; edge < edges.size(); ++edge)
        CHECK(edges[edge] - edges[edge - 1] >= 16);
    CHECK(edges.size() > 10);
    CHECK(edges.back() - edges[edges.size() - 2] < end / 4);
}

TEST_CASE("a band by position finds where a series rises") {
    std::vector<std::vector<float>> windows(10);
    for (std::size_t window = 0; window < windows.size(); ++window)
        for (int position = 1; position < 101; ++position)
            windows[window].push_back((position < 51 ? 1.0F : 3.0F) + (window % 2 == 0 ? 0.1F : -0.1F));
    const std::vector<std::int64_t> edges{1, 51, 101};
    const auto band = bandByPosition(windows, 1, edges);
    REQUIRE(band.size() == 2);
    CHECK(band[0].estimate.mean == Approx(1));
    CHECK(band[1].estimate.mean == Approx(3));
    CHECK(band[0].estimate.units == 10);
    CHECK(band[0].estimate.tokens == 500);
    CHECK(band[0].estimate.standardError == Approx(0.1 * std::sqrt(10.0 / 9) / std::sqrt(10.0)));
}
