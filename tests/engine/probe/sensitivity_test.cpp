#include "engine/probe/sensitivity.h"

#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;
using test::corpusOf;
using test::factorsOf;
using test::FakeModel;

TEST_CASE("sensitivity averages windows and converts to radians of phase") {
    FakeModel model;
    const auto outcome = measureSensitivity(
        model, corpusOf({256}), {.factors = factorsOf(2, 5), .length = 64, .windowLimit = 3, .distance = 40}, {});
    REQUIRE(std::holds_alternative<SensitivityReport>(outcome));
    const auto& report = std::get<SensitivityReport>(outcome);
    CHECK(report.windows == 3);
    CHECK(report.byLogFactor[0] == Approx(2 * 0.032)); // mean position 32, factor 2
    CHECK(report.byLogFactor[1] == 0);
    CHECK(report.byAttentionFactor == Approx(0.25));
    // Pair 0 turns by one radian per token, divided by its factor: phase 20 at distance 40, and a larger factor
    // means a smaller phase.
    CHECK(report.byRadian[0] == Approx(-2 * 0.032 / 20));
}

TEST_CASE("without a distance the length is the distance, and a negative one is refused") {
    FakeModel model;
    const auto outcome = measureSensitivity(model, corpusOf({64}), {.factors = factorsOf(1), .length = 64}, {});
    CHECK(std::get<SensitivityReport>(outcome).distance == 64);
    const auto refused =
        measureSensitivity(model, corpusOf({64}), {.factors = factorsOf(1), .length = 64, .distance = -1}, {});
    REQUIRE(std::holds_alternative<Error>(refused));
    CHECK(std::get<Error>(refused).kind == ErrorKind::usage);
}
