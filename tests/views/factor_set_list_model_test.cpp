#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"
#include "tests/views/bench_fixture.h"

using namespace ropescope;
using test::BenchFixture;

namespace {

// "PI [method] -", a line per set.
QString printed(const FactorSetListModel& model) {
    QString text;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row);
        const QString perplexity = index.data(FactorSetListModel::perplexityRole).toString();
        text += QStringLiteral("%1 [%2] %3\n")
                    .arg(index.data().toString(), index.data(FactorSetListModel::originRole).toString(),
                         perplexity.isEmpty() ? QStringLiteral("-") : perplexity);
    }
    return text;
}

} // namespace

TEST_CASE_METHOD(BenchFixture, "The list follows sets as they come, go, move and are measured") {
    test::QtWarnings warnings;
    FactorSetListModel& model = bench.setList();
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    CHECK(printed(model) == QStringLiteral("PI [method] -\nYaRN [method] -\n"));

    FactorSetEntry extra = *bench.methodEntry(QStringLiteral("ntk"));
    extra.origin = SetOrigin::edited;
    bench.sets().insert(extra, 1);
    bench.sets().move(extra.id, 2);
    bench.sets().addMeasurement(extra.id, {1024, 1.6, 5.3084, 0.021, 1023});
    CHECK(printed(model) == QStringLiteral("PI [method] -\nYaRN [method] -\nNTK-aware [edited] 5.31 \u00b1 0.02\n"));

    // Measured at another length than the target: not shown.
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    bench.setup().setTargetLength(2048);
    CHECK(changes.count() >= 1);
    CHECK(model.index(2).data(FactorSetListModel::perplexityRole).toString().isEmpty());

    bench.sets().remove(extra.id);
    bench.sets().clear();
    CHECK(model.rowCount() == 0);
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(BenchFixture, "Sets that follow a method are computed anew for another target") {
    const SetId pi = bench.sets().entries()[0].id;
    CHECK(bench.sets().find(pi)->set.factors.front() == Approx(4));
    bench.setup().setTargetLength(2048);
    CHECK(bench.sets().find(pi)->set.factors.front() == Approx(8));
}

TEST_CASE_METHOD(BenchFixture, "The removed current set hands over to its neighbour") {
    const SetId first = bench.sets().entries()[0].id;
    const SetId second = bench.sets().entries()[1].id;
    CHECK(bench.selection().set() == first);
    bench.sets().remove(first);
    CHECK(bench.selection().set() == second);
    bench.sets().remove(second);
    CHECK(bench.selection().set() == noSet);
}

TEST_CASE_METHOD(BenchFixture, "Names and colours are not given twice") {
    const auto again = bench.methodEntry(QStringLiteral("pi"));
    REQUIRE(again);
    CHECK(again->name == QStringLiteral("PI (2)"));
    CHECK(again->colour == 3); // 0 is the search's, two are in use
}
