#include "engine/probe/comparison.h"

#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;
using test::corpusOf;
using test::factorsOf;
using test::FakeModel;

TEST_CASE("factor sets are compared in pairs over the same tokens") {
    FakeModel model;
    const auto outcome = compareFactorSets(
        model, corpusOf({650}), {.factorSets = {factorsOf(2), factorsOf(1), factorsOf(4)}, .length = 64}, {});
    REQUIRE(std::holds_alternative<ComparisonReport>(outcome));
    const auto& report = std::get<ComparisonReport>(outcome);
    CHECK(report.windows == 10);
    CHECK(report.windowsAreUnits);
    REQUIRE(report.differences.size() == 3);
    // The fake NLL rises by factor_0 / 1000 per position, the mean position of 1 .. 63 is 32.
    CHECK(report.differences[0].a == 0);
    CHECK(report.differences[0].b == 1);
    CHECK(report.differences[0].difference.mean == Approx(-0.032).epsilon(1e-4));
    CHECK(report.differences[1].difference.mean == Approx(0.064).epsilon(1e-4));
    CHECK(report.differences[2].difference.mean == Approx(0.096).epsilon(1e-4));
    CHECK(report.differences[0].difference.standardError == Approx(0).margin(1e-6));
    CHECK(report.differences[0].difference.tokens == 630);
    CHECK(report.nll[1].mean - report.nll[0].mean == Approx(-0.032).epsilon(1e-4));

    SECTION("the curve by position shows where the difference arises") {
        const auto& curve = report.differences[1].byPosition;
        REQUIRE(curve.size() == 3);
        CHECK(curve.front().first == 1);
        CHECK(curve.back().end == 64);
        for (const PositionBin& bin : curve)
            CHECK(bin.estimate.mean == Approx(2e-3 * (static_cast<double>(bin.first + bin.end - 1) / 2)).margin(1e-6));
    }
}

TEST_CASE("a limit keeps the first windows; few windows are cut into runs") {
    FakeModel model;
    const auto outcome = compareFactorSets(
        model, corpusOf({650}), {.factorSets = {factorsOf(2), factorsOf(1)}, .length = 128, .windowLimit = 2}, {});
    const auto& report = std::get<ComparisonReport>(outcome);
    CHECK(report.windows == 2);
    CHECK_FALSE(report.windowsAreUnits);
    CHECK(report.differences[0].difference.units == 4);
    CHECK(report.differences[0].difference.standardError > 0); // the trend along the window counts as noise
}

TEST_CASE("a comparison of one set is a usage error") {
    FakeModel model;
    const auto outcome = compareFactorSets(model, corpusOf({650}), {.factorSets = {factorsOf(2)}, .length = 64}, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).kind == ErrorKind::usage);
}
