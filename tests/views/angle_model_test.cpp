#include "views/models/angle_model.h"

#include <QSignalSpy>

#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"
#include "tests/views/bench_fixture.h"

using namespace ropescope;

namespace {

using test::patience;

AngleReport direct(Bench& bench) {
    const Setup& setup = bench.setup().setup();
    return compareAngles(setup.geometry, bench.currentSet()->set, {setup.targetLength, setup.bins});
}

void awaitReport(Bench& bench) {
    QSignalSpy spy(&bench.angles(), &AngleModel::reportChanged);
    while (bench.angles().computing())
        REQUIRE(spy.wait(patience));
}

} // namespace

TEST_CASE_METHOD(test::BenchFixture, "The newest state is what is shown in the end, however fast it changes") {
    for (std::int64_t target = 512; target <= 100'000; target += 1777)
        bench.setup().setTargetLength(target);
    awaitReport(bench);
    const AngleReport expected = direct(bench);
    CHECK(bench.angles().options().targetLength == bench.setup().setup().targetLength);
    REQUIRE(bench.angles().report()->pairs.size() == expected.pairs.size());
    for (std::size_t i = 0; i < expected.pairs.size(); ++i)
        CHECK(bench.angles().report()->pairs[i].target == expected.pairs[i].target);
    CHECK(bench.angles().report()->disturbance == Approx(expected.disturbance));
}

TEST_CASE_METHOD(test::BenchFixture, "One changed factor is answered at once and changes that pair alone") {
    awaitReport(bench);
    QSignalSpy whole(&bench.angles(), &AngleModel::reportChanged);
    QSignalSpy single(&bench.angles(), &AngleModel::pairReportChanged);
    FactorSetEntry entry = *bench.currentSet();
    entry.set.factors[5] = 1.7;
    bench.sets().replace(entry);
    CHECK(single.count() == 1);
    CHECK(single.first().first().toInt() == 5);
    CHECK(whole.count() == 0);
    const AngleReport expected = direct(bench);
    CHECK(bench.angles().report()->pairs[5].target == expected.pairs[5].target);
    CHECK(bench.angles().report()->disturbance == Approx(expected.disturbance));
    CHECK(bench.angles().unseenShare(5, 1.7) == Approx(expected.pairs[5].unseenFraction));
}

TEST_CASE_METHOD(test::BenchFixture, "Without a set there is an empty report") {
    awaitReport(bench);
    bench.sets().clear();
    awaitReport(bench);
    CHECK(bench.angles().report()->pairs.empty());
}

TEST_CASE("A model destroyed while it computes waits for its thread") {
    for (int round = 0; round < 5; ++round) {
        Bench bench;
        Setup setup = test::smallSetup();
        setup.targetLength = 900'000;
        bench.openSetup(setup, {QStringLiteral("yarn")});
        CHECK(bench.angles().computing());
    }
}
