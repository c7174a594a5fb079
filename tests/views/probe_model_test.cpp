#include <cmath>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"
#include "tests/views/bench_fixture.h"
#include "views/models/comparison_table_model.h"
#include "views/models/probe_model.h"
#include "views/models/table_text.h"

using namespace ropescope;
using test::BenchFixture;

namespace {

struct ProbeFixture : BenchFixture {
    ProbeFixture() : probes(bench.sets(), bench.setup()), table(bench.sets(), probes) {
        pi = bench.sets().entries()[0].id;
        yarn = bench.sets().entries()[1].id;
    }
    [[nodiscard]] ProbeComparison::Scored scored(SetId set, double nll) {
        return {set, bench.sets().find(set)->set, nullptr, {nll, 0.01, 100, 4}, {}};
    }
    void compare() {
        ProbeComparison comparison;
        comparison.length = 1024;
        comparison.sets = {scored(pi, 2.0), scored(yarn, 1.5)};
        comparison.differences = {{0, 1, {-0.5, 0.04, 100, 4}, {{0, 10, {-0.2, 0.1, 10, 2}}}}};
        probes.setComparison(comparison);
    }
    ProbeModel probes;
    ComparisonTableModel table;
    SetId pi = noSet;
    SetId yarn = noSet;
};

} // namespace

TEST_CASE_METHOD(ProbeFixture, "A difference is the set minus the reference, whichever was scored first") {
    CHECK(probes.reference() == noSet);
    compare();
    CHECK(probes.reference() == pi);
    CHECK_FALSE(probes.difference(pi));
    CHECK(probes.difference(yarn)->estimate.mean == Approx(-0.5));
    probes.setReference(yarn);
    CHECK_FALSE(probes.difference(yarn));
    CHECK(probes.difference(pi)->estimate.mean == Approx(0.5));
    CHECK(probes.difference(pi)->byPosition.front().estimate.mean == Approx(0.2));
    CHECK(probes.difference(pi)->estimate.standardError == Approx(0.04));
}

TEST_CASE_METHOD(ProbeFixture, "What was measured of a set goes with its factors, everything with the text") {
    compare();
    probes.addPasskey(yarn, {512, 0.5, 5, 4, {0.3, 0.9}});
    FactorSetEntry changed = *bench.sets().find(pi);
    changed.set.factors[0] *= 1.1;
    bench.sets().replace(changed);
    REQUIRE(probes.comparison().sets.size() == 1);
    CHECK(probes.comparison().sets.front().set == yarn);
    CHECK(probes.comparison().differences.empty());
    CHECK(probes.passkey(yarn).size() == 1);
    // Scores of factors that are no longer those of the set are not taken.
    ProbeComparison late;
    late.sets = {scored(yarn, 1.5)};
    late.sets.front().factors.factors[0] = 7;
    probes.setComparison(late);
    CHECK(probes.comparison().sets.empty());
    QSignalSpy changes(&probes, &ProbeModel::changed);
    bench.setup().setBins(90);
    CHECK(changes.count() == 0);
    bench.setup().setText(QStringLiteral("other"), QStringLiteral("/other.txt"));
    CHECK(changes.count() == 1);
    CHECK(probes.passkey(yarn).empty());
}

TEST_CASE_METHOD(ProbeFixture, "Passkey cells lie in order, a repeated one replaces the first") {
    probes.addPasskey(pi, {512, 0.5, 5, 4, {}});
    probes.addPasskey(pi, {256, 1, 5, 5, {}});
    probes.addPasskey(pi, {512, 0.5, 10, 7, {}});
    const auto cells = probes.passkey(pi);
    REQUIRE(cells.size() == 2);
    CHECK(cells[0].length == 256);
    CHECK(cells[1].trials == 10);
}

TEST_CASE_METHOD(ProbeFixture, "The table holds all that is known, and copies as text, Markdown and CSV") {
    test::QtWarnings warnings;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::Warning);
    compare();
    bench.sets().addMeasurement(pi, {1024, 2.0, 7.389, 0.05, 100});
    bench.sets().addMeasurement(yarn, {256, 1.4, 4.055, 0, 100});
    probes.addPasskey(yarn, {512, 0.5, 5, 4, {}});
    probes.addPasskey(yarn, {512, 1, 5, 5, {}});
    CHECK(tableText(table, TableFormat::plain) ==
          QStringLiteral("Set   Origin  Attention factor  PPL at 256  PPL at 1,024         Δ NLL  Passkey\n"
                         "PI    method             1.000               7.39 ± 0.05     reference\n"
                         "YaRN  method             1.139       4.055                −0.50 ± 0.04  9 of 10\n"));
    CHECK(
        tableText(table, TableFormat::markdown)
            .startsWith(QStringLiteral("| Set | Origin | Attention factor | PPL at 256 | PPL at 1,024 | Δ "
                                       "NLL | Passkey |\n| :--- | :--- | ---: | ---: | ---: | ---: | ---: |\n| PI |")));
    CHECK(table.csv().section(QLatin1Char('\n'), 1, 1) == QStringLiteral("PI,method,1,,,7.389,0.05,,,,"));
    CHECK(table.csv().section(QLatin1Char('\n'), 2, 2).endsWith(QStringLiteral(",4.055,,,,-0.5,0.04,9,10")));
    // What is not there sorts behind everything that is.
    const QModelIndex missing = table.index(0, 3);
    CHECK(std::isinf(missing.data(ComparisonTableModel::sortRole).toDouble()));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE("The ladder of lengths halves down to half the trained length") {
    CHECK(lengthLadder(256, 2048, 6) == std::vector<std::int64_t>{128, 256, 512, 1024, 2048});
    CHECK(lengthLadder(4096, 1000000, 4) == std::vector<std::int64_t>{125000, 250000, 500000, 1000000});
    CHECK(lengthLadder(256, 256, 6) == std::vector<std::int64_t>{128, 256});
    CHECK(lengthLadder(256, 1, 6).empty());
}
