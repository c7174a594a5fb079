#include "engine/probe/landscape.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;
using test::corpusOf;
using test::factorsOf;
using test::FakeModel;

namespace {

// Runs a sampler to its end on a formula; the scales it asked for, in order.
template <class Formula>
std::vector<std::vector<double>> sampled(LandscapeSampler& sampler, const Formula& formula) {
    std::vector<std::vector<double>> asked;
    for (auto wanted = sampler.wanted(); !wanted.empty(); wanted = sampler.wanted())
        for (const auto& scale : wanted) {
            asked.push_back(scale);
            sampler.tell(scale, formula(scale));
        }
    return asked;
}

} // namespace

TEST_CASE("a curve spends its points where it bends") {
    const auto sampler = sampleCurve({0.25, 4, AxisSpacing::logarithmic}, 41).value();
    // Flat, with a narrow valley at 2.
    const auto asked = sampled(*sampler, [](const auto& scale) {
        const double distance = std::log(scale[0] / 2) / 0.05;
        return 3 - std::exp(-distance * distance);
    });
    CHECK(asked.size() == 41);
    CHECK(std::set(asked.begin(), asked.end()).size() == 41);
    const auto near = std::ranges::count_if(asked, [](const auto& s) { return std::abs(std::log(s[0] / 2)) < 0.2; });
    CHECK(near >= 20); // a fourteenth of the axis
    CHECK(std::ranges::count(asked, std::vector{0.25}) == 1);
    CHECK(std::ranges::count(asked, std::vector{4.0}) == 1);
    CHECK(std::ranges::count(asked, std::vector{1.0}) == 1);
}

TEST_CASE("a straight curve is sampled evenly and what is not a number does not stop it") {
    const auto widest = [](std::vector<std::vector<double>> asked) {
        std::ranges::sort(asked);
        double gap = 0;
        for (std::size_t index = 1; index < asked.size(); ++index)
            gap = std::max(gap, asked[index][0] - asked[index - 1][0]);
        return gap;
    };
    const auto straight = sampleCurve({1, 2, AxisSpacing::linear}, 33).value();
    CHECK(widest(sampled(*straight, [](const auto& scale) { return scale[0]; })) == Approx(1.0 / 32));
    const auto broken = sampleCurve({1, 2, AxisSpacing::linear}, 40).value();
    CHECK(sampled(*broken, [](const auto& scale) { return scale[0] > 1.7 ? std::nan("") : 1.0; }).size() == 40);
    const auto nowhere = sampleCurve({1, 2, AxisSpacing::linear}, 20).value();
    CHECK(sampled(*nowhere, [](const auto&) { return std::nan(""); }).size() == 20);
}

TEST_CASE("a grid goes from coarse to fine and ends complete") {
    const auto points = GENERATE(2, 5, 17, 20);
    const auto sampler = sampleGrid({0.5, 2, AxisSpacing::logarithmic}, {1, 2, AxisSpacing::linear}, points).value();
    const auto asked = sampled(*sampler, [](const auto&) { return 1.0; });
    CHECK(static_cast<int>(asked.size()) == points * points);
    CHECK(static_cast<int>(std::set(asked.begin(), asked.end()).size()) == points * points);
    // The corners are all in the first level.
    for (const double first : {0.5, 2.0})
        for (const double second : {1.0, 2.0}) {
            const auto corner = std::ranges::find(asked, std::vector{first, second});
            REQUIRE(corner != asked.end());
            CHECK(corner - asked.begin() < 16);
        }
}

TEST_CASE("ranges and point counts that make no sense are refused") {
    for (const auto& axis : {ScaleAxis{0, 1}, ScaleAxis{2, 1}, ScaleAxis{1, 1}, ScaleAxis{1, INFINITY},
                             ScaleAxis{NAN, 1}, ScaleAxis{-1, 1}})
        CHECK_FALSE(sampleCurve(axis, 10));
    CHECK_FALSE(sampleCurve({1, 2}, 2));
    CHECK_FALSE(sampleGrid({1, 2}, {1, 2}, 1));
    CHECK_FALSE(sampleGrid({1, 2}, {1, 2}, 100000));
}

TEST_CASE("a landscape scales the factors of its segment and keeps each point before the next") {
    FakeModel model;
    const LandscapeRequest request{
        .base = factorsOf(2, 3), .axes = {{{0, 1}, {0.5, 2, AxisSpacing::logarithmic}}}, .points = 12, .length = 64};
    std::vector<LandscapePoint> kept;
    const auto sink = [&](const LandscapePoint& point) -> Result<void> {
        kept.push_back(point);
        return {};
    };
    const auto outcome = measureLandscape(model, corpusOf({200}), request, sink, {});
    REQUIRE(std::holds_alternative<LandscapeReport>(outcome));
    const auto& report = std::get<LandscapeReport>(outcome);
    CHECK(report.points.size() == 12);
    CHECK(kept.size() == 12);
    CHECK(report.tokens == 63);
    CHECK(std::ranges::is_sorted(report.points, {}, &LandscapePoint::scale));
    // nll = constant + factor_0 * 32 / 1000
    const double slope = (report.points.back().nll - report.points.front().nll) / (2 * (2 - 0.5));
    CHECK(slope == Approx(0.032).epsilon(1e-4));

    SECTION("told what it had, it evaluates only the rest and ends the same") {
        LandscapeRequest again = request;
        again.known.assign(kept.begin(), kept.begin() + 7);
        const auto resumed = std::get<LandscapeReport>(measureLandscape(model, corpusOf({200}), again, {}, {}));
        CHECK(resumed.evaluated == 5);
        CHECK(resumed.points == report.points);
    }
    SECTION("a sink that fails ends it") {
        const auto failing = [](const LandscapePoint&) -> Result<void> { return fail(failure("disk full")); };
        const auto ended = measureLandscape(model, corpusOf({200}), request, failing, {});
        REQUIRE(std::holds_alternative<Error>(ended));
        CHECK(std::get<Error>(ended).message == "disk full");
    }
}

TEST_CASE("two segments make a grid") {
    FakeModel model;
    const auto outcome = measureLandscape(
        model, corpusOf({64}),
        {.base = factorsOf(2, 3), .axes = {{{0, 1}, {0.5, 2}}, {{1, 2}, {0.5, 2}}}, .points = 3, .length = 64}, {}, {});
    const auto& report = std::get<LandscapeReport>(outcome);
    REQUIRE(report.points.size() == 9);
    CHECK(report.points[0].scale == std::vector{0.5, 0.5});
    CHECK(report.points[1].scale == std::vector{0.5, 1.0});
    CHECK(report.points[0].nll == report.points[2].nll); // pair 1 plays no part in the fake model
    CHECK(report.points[0].nll < report.points[3].nll);
}

TEST_CASE("segments outside the model or across each other are refused") {
    FakeModel model;
    const auto refused = [&](const std::vector<LandscapeAxis>& axes) {
        const auto outcome =
            measureLandscape(model, corpusOf({64}), {.base = factorsOf(1), .axes = axes, .length = 64}, {}, {});
        return std::holds_alternative<Error>(outcome) && std::get<Error>(outcome).kind == ErrorKind::usage;
    };
    CHECK(refused({}));
    CHECK(refused({{{0, 3}, {}}}));
    CHECK(refused({{{1, 1}, {}}}));
    CHECK(refused({{{-1, 1}, {}}}));
    CHECK(refused({{{0, 2}, {}}, {{1, 2}, {}}}));
    CHECK(model.calls == 0);
}
