#include <cmath>
#include <limits>

#include <QSignalSpy>

#include "tests/support/qt_catch.h"
#include "views/models/contours.h"
#include "views/models/landscape_model.h"

using namespace ropescope;

namespace {

const ScaleAxis half{0.5, 2, AxisSpacing::logarithmic};

LandscapePlan curvePlan() {
    LandscapePlan plan;
    plan.set = 1;
    plan.base.factors = {1, 2, 3, 4};
    plan.axes = {{{1, 3}, half}};
    plan.points = 5;
    plan.length = 64;
    return plan;
}

LandscapePlan mapPlan() {
    LandscapePlan plan = curvePlan();
    plan.axes = {{{0, 1}, half}, {{1, 2}, half}};
    plan.points = 3;
    return plan;
}

} // namespace

TEST_CASE("A landscape's points lie in order whatever order they come in, and its lowest is finite") {
    SetupModel setup;
    LandscapeModel model(setup);
    model.begin(curvePlan());
    CHECK(model.phase() == ProbePhase::running);
    CHECK_FALSE(model.best());
    model.add({{2}, 3});
    model.add({{0.5}, std::numeric_limits<double>::quiet_NaN()});
    model.add({{1}, 2.5});
    const auto curve = model.curve();
    REQUIRE(curve.size() == 3);
    CHECK(curve[0].x == 0.5);
    CHECK(std::isnan(curve[0].y));
    CHECK(curve[2].x == 2);
    CHECK(model.best()->scale == std::vector<double>{1});
    CHECK(model.nllOfBase() == 2.5);
    CHECK(model.map().empty());
}

TEST_CASE("A cancelled landscape goes on where it was, another begins anew") {
    SetupModel setup;
    LandscapeModel model(setup);
    QSignalSpy changes(&model, &LandscapeModel::changed);
    model.begin(curvePlan());
    model.add({{1}, 2.5});
    model.end(ProbePhase::cancelled, {});
    model.begin(curvePlan());
    CHECK(model.samples().size() == 1);
    CHECK(changes.count() == 4);
    LandscapePlan other = curvePlan();
    other.length = 128;
    model.begin(other);
    CHECK(model.samples().empty());
}

TEST_CASE("A map's cells follow the scales, the first axis along its rows") {
    SetupModel setup;
    LandscapeModel model(setup);
    model.begin(mapPlan());
    model.add({{0.5, 2}, 1.0}); // first column, last row
    model.add({{1, 1}, 2.0});   // the middle
    const auto map = model.map();
    REQUIRE(map.size() == 9);
    CHECK(map[6] == 1.0);
    CHECK(map[4] == 2.0);
    CHECK(std::isnan(map[0]));
    CHECK(model.curve().empty());
}

TEST_CASE("A pointer means the nearest point in both directions") {
    const std::vector<LandscapeSample> samples{{{0.5, 0.5}, 1}, {{2, 0.5}, 2}, {{2, 2}, 3}};
    CHECK(nearestSample(mapPlan(), samples, {0.9, 0.2}) == 1);
    CHECK(nearestSample(mapPlan(), samples, {0.8, 0.9}) == 2);
    CHECK_FALSE(nearestSample(mapPlan(), {}, {0.5, 0.5}));
}

TEST_CASE("Contours lie where the value is the level, and end at NaN") {
    // Value = column: level 0.25 is a vertical line a quarter into the grid.
    const std::vector<double> ramp{0, 1, 0, 1, 0, 1};
    const auto pieces = contours(ramp, 2, 3, {0.25});
    REQUIRE(pieces.size() == 2);
    for (const ContourPiece& piece : pieces) {
        CHECK(piece.x1 == Approx(0.25));
        CHECK(piece.x2 == Approx(0.25));
        CHECK(std::abs(piece.y1 - piece.y2) == Approx(1));
    }
    // A saddle has two pieces, which do not cross.
    const auto saddle = contours({1, 0, 0, 1}, 2, 2, {0.4});
    CHECK(saddle.size() == 2);
    CHECK(contours({0, 1, std::nan(""), 1}, 2, 2, {0.5}).empty());
    CHECK(contours({0, 1}, 2, 1, {0.5}).empty());
}

TEST_CASE("A landscape goes with the text, the attention or the device it was computed with") {
    SetupModel setup;
    LandscapeModel model(setup);
    const auto fill = [&] {
        model.begin(curvePlan());
        model.add({{1}, 2});
        model.end(ProbePhase::done, {});
    };
    fill();
    setup.setTargetLength(512); // its own length is in its plan
    CHECK(model.samples().size() == 1);
    setup.setText(QStringLiteral("b"), QStringLiteral("b.txt"));
    CHECK(model.samples().empty());
    CHECK(model.phase() == ProbePhase::none);
    fill();
    setup.setAttention(QStringLiteral("lm-infinite"));
    CHECK(model.samples().empty());
    fill();
    setup.setDevice(QStringLiteral("cpu"));
    CHECK(model.samples().empty());
}

TEST_CASE("A map leaves out what lies between its cells") {
    SetupModel setup;
    LandscapeModel model(setup);
    model.begin(mapPlan());
    model.add({{0.5, 1}, 3});
    model.add({{0.7, 1}, 2});
    CHECK(model.samples().size() == 1);
}
