// The Landscape, Probes and Export pages without an engine: every state has a picture, every wish is a signal.
#include <cmath>
#include <limits>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSet>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"
#include "tests/support/temporary_folder.h"
#include "tests/views/bench_fixture.h"
#include "views/charts/chart_panel.h"
#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/charts/pair_bars.h"
#include "views/pages/export_page.h"
#include "views/pages/landscape_page.h"
#include "views/pages/probes_page.h"
#include "views/widgets/elided_label.h"

using namespace ropescope;
using test::BenchFixture;

namespace {

struct PageFixture : BenchFixture {
    template <class Widget>
    [[nodiscard]] static Widget& child(QWidget& page, const char* name) {
        auto* found = page.findChild<Widget*>(QLatin1String(name));
        REQUIRE(found);
        return *found;
    }
    static void show(QWidget& page) {
        page.resize(1000, 700);
        page.show();
        QApplication::processEvents();
    }
    Theme theme;
};

int colours(ChartWidget& chart) {
    QImage image(chart.size(), QImage::Format_ARGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    chart.paintPicture(painter);
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            seen.insert(image.pixel(x, y));
    return static_cast<int>(seen.size());
}

ChartCurve curveOf(std::vector<CurvePoint> points) {
    ChartCurve curve;
    curve.name = QStringLiteral("one");
    for (const CurvePoint& point : points) {
        curve.low.push_back(point.y - 0.1);
        curve.high.push_back(point.y + 0.1);
        curve.tips.push_back(QStringLiteral("at %1").arg(point.x));
    }
    curve.points = std::move(points);
    return curve;
}

} // namespace

TEST_CASE_METHOD(PageFixture, "A curve chart draws none, one, many points and NaN, light and dark") {
    test::QtWarnings warnings;
    theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    CurveChart chart(QStringLiteral("chart"), QStringLiteral("chart"), theme);
    chart.resize(400, 250);
    chart.show();
    const int bare = colours(chart);
    chart.setCurves({curveOf({{256, 2}})});
    CHECK(colours(chart) > bare);
    const QPointF middle = chart.frame().at(256, 2);
    CHECK(chart.frame().plot.contains(middle));
    CHECK(chart.tipAt(middle) == QStringLiteral("at 256"));
    CHECK(chart.tipAt(middle + QPointF(60, 0)).isEmpty());
    std::vector<CurvePoint> many;
    for (int i = 0; i < 5000; ++i)
        many.push_back({static_cast<double>(i), std::sin(i / 100.0)});
    chart.setCurves({curveOf(many), curveOf({{0, 1}, {2500, std::numeric_limits<double>::quiet_NaN()}, {5000, 1}})});
    theme.setMode(Theme::Mode::dark);
    CHECK(colours(chart) > bare);
    theme.setMode(Theme::Mode::light);
    CHECK(chart.frame().at(2500, 0).x() == Approx(chart.frame().plot.center().x()).margin(1));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE("A logarithmic axis has powers of two where they fit, and shares that go back") {
    PlotAxis axis;
    axis.range = {128, 2048};
    axis.scale = AxisScale::logarithmic;
    axis.counts = true;
    CHECK(axis.share(512) == Approx(0.5));
    CHECK(axis.value(axis.share(300)) == Approx(300));
    const auto ticks = axis.ticks(6);
    CHECK(ticks == std::vector<double>{128, 256, 512, 1024, 2048});
    CHECK(axis.label(1024, ticks) == QStringLiteral("1,024"));
}

TEST_CASE_METHOD(PageFixture,
                 "The landscape page says what to do, what runs, what failed, and shows points as they come") {
    test::QtWarnings warnings;
    LandscapePage page(bench, theme);
    show(page);
    auto& panel = child<ChartPanel>(page, "landscapeCurvePanel");
    CHECK(panel.note().contains(QStringLiteral("scaled together")));
    QSignalSpy runs(&page, &LandscapePage::runRequested);
    child<QPushButton>(page, "landscapeCurveNoteButton").click();
    REQUIRE(runs.count() == 1);
    const auto plan = runs.front().front().value<LandscapePlan>();
    CHECK(plan.set == bench.selection().set());
    REQUIRE(plan.axes.size() == 1);
    CHECK(plan.length == 1024);

    page.model().begin(plan);
    CHECK(panel.note().contains(QStringLiteral("Loading")));
    CHECK(child<QPushButton>(page, "runLandscape").text() == QStringLiteral("Cancel"));
    QSignalSpy cancels(&page, &LandscapePage::cancelRequested);
    child<QPushButton>(page, "runLandscape").click();
    CHECK(cancels.count() == 1);
    page.model().add({{1}, 2.0});
    CHECK(panel.showsChart());
    page.model().add({{2}, std::numeric_limits<double>::quiet_NaN()});
    page.model().add({{0.5}, 1.5});
    page.model().end(ProbePhase::cancelled, {});
    CHECK(child<QLabel>(page, "landscapeFound").text().startsWith(QStringLiteral("Cancelled after 3 of 17")));
    CHECK(child<QLabel>(page, "landscapeFound").text().contains(QStringLiteral("Lowest: ")));

    QSignalSpy taken(&page, &LandscapePage::takeOverRequested);
    auto& chart = child<CurveChart>(page, "landscapeCurve");
    Q_EMIT chart.plotClicked(0.1, 0.5);
    REQUIRE(taken.count() == 1);
    CHECK(taken.front().front().value<std::vector<double>>() == std::vector<double>{0.5});

    page.model().show({}, {}, ProbePhase::failed, QStringLiteral("no such text"));
    CHECK(panel.note() == QStringLiteral("no such text"));
    CHECK(child<QPushButton>(page, "landscapeCurveNoteButton").text() == QStringLiteral("Try again"));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(PageFixture, "Two segments that share pairs can't be asked for; a map is drawn with its contours") {
    LandscapePage page(bench, theme);
    show(page);
    child<QPushButton>(page, "twoSegments").click();
    CHECK(page.plan().axes.size() == 2);
    bench.selection().setSegment(Segment{5, 7});
    CHECK(page.plan().axes.empty());
    CHECK_FALSE(child<QPushButton>(page, "runLandscape").isEnabled());
    CHECK(child<QLabel>(page, "landscapeCost").text().contains(QStringLiteral("share pairs")));
    bench.selection().setSegment(Segment{0, 2});
    LandscapePlan plan = page.plan();
    REQUIRE(plan.axes.size() == 2);
    plan.points = 3;
    page.model().begin(plan);
    for (const double a : {0.5, 1.0, 2.0})
        for (const double b : {0.5, 1.0, 2.0})
            page.model().add({{a, b}, a * b > 3 ? std::numeric_limits<double>::quiet_NaN() : a + b});
    page.model().end(ProbePhase::done, {});
    auto& map = child<HeatMap>(page, "landscapeMap");
    CHECK(map.heat().ring == std::pair{0, 0});
    CHECK(map.heat().invalid.back());
    CHECK(colours(map) > 10);
    QSignalSpy taken(&page, &LandscapePage::takeOverRequested);
    QTest::mouseClick(&map, Qt::LeftButton, {}, map.cellRect(2, 1).center().toPoint());
    REQUIRE(taken.count() == 1);
    CHECK(taken.front().front().value<std::vector<double>>() == std::vector<double>{2, 1});
}

TEST_CASE_METHOD(PageFixture, "Sensitivity is shown for the current set, in either unit") {
    LandscapePage page(bench, theme);
    show(page);
    auto& panel = child<ChartPanel>(page, "sensitivityBarsPanel");
    QSignalSpy asked(&page, &LandscapePage::sensitivityRequested);
    child<QPushButton>(page, "sensitivityBarsNoteButton").click();
    CHECK(asked.count() == 1);
    bench.sensitivity().setSensitivity(
        {bench.selection().set(), 1024, 2, std::vector<double>(8, 0.1), 0, std::vector<double>(8, -0.2)});
    CHECK(panel.showsChart());
    auto& bars = child<PairBars>(page, "sensitivityBars");
    CHECK(bars.values().front() == 0.1);
    child<QPushButton>(page, "sensitivityRadian").click();
    CHECK(bars.values().front() == -0.2);
    bench.selection().setSet(bench.sets().entries()[1].id);
    CHECK_FALSE(panel.showsChart());
}

TEST_CASE_METHOD(PageFixture, "The probes page asks for the visible sets and shows what came") {
    test::QtWarnings warnings;
    ProbesPage page(bench, theme);
    show(page);
    QSignalSpy asked(&page, &ProbesPage::perplexityRequested);
    child<QPushButton>(page, "lengthChartNoteButton").click();
    REQUIRE(asked.count() == 1);
    const auto plan = asked.front().front().value<PerplexityPlan>();
    CHECK(plan.sets.size() == 2);
    CHECK(plan.lengths == std::vector<std::int64_t>{128, 256, 512, 1024});
    page.model().setPhase(ProbeKind::perplexity, ProbePhase::running);
    CHECK(child<QPushButton>(page, "cancelProbe").isVisible());
    CHECK(child<ChartPanel>(page, "positionChartPanel").note().contains(QStringLiteral("Loading")));
    page.model().setPhase(ProbeKind::perplexity, ProbePhase::failed, QStringLiteral("too short"));
    CHECK(child<ChartPanel>(page, "positionChartPanel").note() == QStringLiteral("too short"));

    const SetId pi = plan.sets[0];
    const SetId yarn = plan.sets[1];
    bench.sets().addMeasurement(pi, {256, 2, 7.4, 0.1, 100});
    bench.sets().addMeasurement(pi, {512, 2.1, 8.2, 0.1, 100});
    CHECK(child<ChartPanel>(page, "lengthChartPanel").showsChart());
    auto& lengths = child<CurveChart>(page, "lengthChart");
    REQUIRE(lengths.curves().size() == 1);
    CHECK(lengths.curves().front().points.size() == 2);

    ProbeComparison comparison;
    comparison.length = 1024;
    comparison.windows = 2;
    const std::vector<PositionBin> bins{{0, 10, {2, 0.1, 20, 2}}, {10, 100, {1.8, 0.1, 180, 2}}};
    comparison.sets = {{pi, bench.sets().find(pi)->set, nullptr, {2, 0.1, 200, 2}, bins},
                       {yarn, bench.sets().find(yarn)->set, nullptr, {1.9, 0.1, 200, 2}, bins}};
    comparison.differences = {{0, 1, {-0.1, 0.02, 200, 2}, bins}};
    page.model().setComparison(comparison);
    CHECK(child<CurveChart>(page, "positionChart").curves().size() == 2);
    CHECK(child<CurveChart>(page, "differenceChart").curves().size() == 1);
    FactorSetEntry hidden = *bench.sets().find(yarn);
    hidden.visible = false;
    bench.sets().replace(hidden);
    CHECK(child<CurveChart>(page, "positionChart").curves().size() == 1);

    page.model().addPasskey(pi, {256, 0, 5, 5, {0.57, 1}});
    page.model().addPasskey(pi, {512, 0.5, 5, 0, {0, 0.43}});
    auto& keys = child<HeatMap>(page, "passkeyMap");
    CHECK(keys.heat().words == std::vector<QString>{QStringLiteral("5/5"), {}, {}, QStringLiteral("0/5")});
    CHECK(keys.heat().tips[0].contains(QStringLiteral("57.0")));
    child<QPushButton>(page, "copyMarkdown").click();
    CHECK(QApplication::clipboard()->text().contains(QStringLiteral("| 5 of 10 |")));

    const test::TemporaryFolder folder;
    for (const char* name : {"picture.png", "picture.svg"}) {
        const QString path = QString::fromStdString((folder.path() / name).string());
        REQUIRE(child<ChartPanel>(page, "lengthChartPanel").save(path));
        CHECK(QFile(path).size() > 500);
    }
    CHECK_FALSE(child<ChartPanel>(page, "lengthChartPanel").save(QStringLiteral("/nowhere/x.png")));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(PageFixture, "Perplexities lie on a log axis, whatever they are, and a failure is said beside them") {
    test::QtWarnings warnings;
    ProbesPage page(bench, theme);
    show(page);
    const SetId set = bench.sets().entries()[0].id;
    const SetId other = bench.sets().entries()[1].id;
    auto& chart = child<CurveChart>(page, "lengthChart");
    // One point alone, with an error as large as itself.
    bench.sets().addMeasurement(set, {256, 2, 8, 9, 100});
    CHECK(chart.frame().y.scale == AxisScale::logarithmic);
    CHECK(chart.frame().y.range.low > 0);
    CHECK(chart.frame().y.range.high > 17);
    CHECK(colours(chart) > 4);
    bench.sets().addMeasurement(set, {512, 9, 8000, 10, 100});
    bench.sets().addMeasurement(other, {256, std::nan(""), std::nan(""), 0, 100});
    CHECK(chart.frame().y.range.high > 8000);
    CHECK(chart.frame().y.ticks(8).size() <= 8);
    const QPointF low = chart.frame().at(256, 8);
    const QPointF high = chart.frame().at(512, 8000);
    CHECK(chart.frame().plot.adjusted(-1, -1, 1, 1).contains(low));
    CHECK(chart.frame().plot.adjusted(-1, -1, 1, 1).contains(high));
    // The dot at the plot's right edge is whole: its colour lies on both sides of the edge.
    const QImage picture = chart.grab().toImage();
    const auto inSetColour = [&](double dx) {
        const QPointF at = (high + QPointF(dx, 0)) * picture.devicePixelRatio();
        const QColor seen = picture.pixelColor(at.toPoint());
        const QColor wanted = theme.set(bench.sets().find(set)->colour);
        return std::abs(seen.red() - wanted.red()) + std::abs(seen.green() - wanted.green()) +
                   std::abs(seen.blue() - wanted.blue()) <
               90;
    };
    CHECK(inSetColour(-1.5));
    CHECK(inSetColour(1.5));
    CHECK(child<ChartPanel>(page, "lengthChartPanel").showsChart());
    page.model().setPhase(ProbeKind::perplexity, ProbePhase::failed, QStringLiteral("no memory"));
    auto& said = child<QLabel>(page, "probeCost");
    CHECK(said.text() == QStringLiteral("no memory"));
    CHECK(said.property("role").toString() == QStringLiteral("warning"));
    CHECK(child<ChartPanel>(page, "lengthChartPanel").showsChart());
    page.model().setPhase(ProbeKind::perplexity, ProbePhase::cancelled);
    CHECK(said.text().contains(QStringLiteral("stays")));
    CHECK(said.property("role").toString() == QStringLiteral("quiet"));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(PageFixture, "A label that gives way keeps its whole text") {
    ElidedLabel label(QStringLiteral("perplexity of a set with a very long name at 32,768 tokens"));
    label.resize(label.sizeHint());
    CHECK_FALSE(label.isCut());
    label.resize(80, label.height());
    CHECK(label.isCut());
    CHECK(label.minimumSizeHint().width() < 80);
    CHECK(label.text().endsWith(QStringLiteral("tokens")));
}

TEST_CASE_METHOD(PageFixture, "The export page shows the current set's file, saves it and reads it back") {
    test::QtWarnings warnings;
    ExportPage page(bench, theme);
    show(page);
    auto& text = child<QPlainTextEdit>(page, "exportText");
    CHECK(text.toPlainText().contains(QStringLiteral("ropescope-factors")));
    page.setFormat(QStringLiteral("csv"));
    CHECK(text.toPlainText().startsWith(QStringLiteral("4\n4\n")));
    bench.selection().setSet(bench.sets().entries()[1].id);
    CHECK(text.toPlainText().startsWith(QStringLiteral("1\n")));
    CHECK_FALSE(child<QPushButton>(page, "verifyExport").isEnabled());
    const test::TemporaryFolder folder;
    const QString path = QString::fromStdString((folder.path() / "out.csv").string());
    REQUIRE(page.save(path));
    QFile file(path);
    REQUIRE(file.open(QIODevice::ReadOnly));
    CHECK(QString::fromUtf8(file.readAll()) == text.toPlainText());
    page.verify();
    CHECK(child<QLabel>(page, "exportResult").text().contains(QStringLiteral("same 8 factors")));
    CHECK_FALSE(page.save(QStringLiteral("/nowhere/out.csv")));
    CHECK(child<QLabel>(page, "exportResult").text().contains(QStringLiteral("/nowhere")));
    bench.sets().clear();
    CHECK(text.toPlainText().isEmpty());
    CHECK_FALSE(child<QPushButton>(page, "saveExport").isEnabled());
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(PageFixture, "Every program's file is shown, saved and read back") {
    test::QtWarnings warnings;
    ExportPage page(bench, theme);
    show(page);
    auto& formats = child<QListView>(page, "exportFormats");
    auto& text = child<QPlainTextEdit>(page, "exportText");
    auto& result = child<QLabel>(page, "exportResult");
    const test::TemporaryFolder folder;
    REQUIRE(formats.model()->rowCount() >= 8);
    for (int row = 0; row < formats.model()->rowCount(); ++row) {
        formats.setCurrentIndex(formats.model()->index(row, 0));
        INFO(page.format().toStdString());
        CHECK(page.preview().error.isEmpty());
        CHECK(text.toPlainText().size() > 10);
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // the notes of the format before
        // Something is always said beside it: a warning, a note, or that there is nothing to say.
        const auto notes = child<QScrollArea>(page, "exportNotes").findChildren<QLabel*>();
        CHECK(std::any_of(notes.begin(), notes.end(), [](const QLabel* note) { return note->text().size() > 10; }));
        const bool carefree = std::any_of(notes.begin(), notes.end(), [](const QLabel* note) {
            return note->text().startsWith(QStringLiteral("Nothing"));
        });
        CHECK((!carefree || page.preview().notes.isEmpty()));
        CHECK((!carefree || page.preview().files.size() == 1));
        const auto file = QString::fromStdString((folder.path() / page.preview().files.front().toStdString()).string());
        REQUIRE(page.save(file));
        page.verify();
        INFO(result.text().toStdString());
        CHECK(result.property("role").toString().isEmpty());
        CHECK(result.text().contains(QStringLiteral("same 8 factors")));
    }
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(PageFixture, "Earlier landscapes can be chosen, with their set and their controls") {
    LandscapePage page(bench, theme);
    show(page);
    auto& records = child<QComboBox>(page, "landscapeRecords");
    CHECK_FALSE(records.isVisible());
    const auto measure = [&](SetId set, int first) {
        bench.selection().setSet(set);
        bench.selection().setSegment(Segment{first, first + 2});
        page.model().begin(page.plan());
        page.model().add({{1}, 2.0 + first});
        page.model().end(ProbePhase::done, {});
    };
    const SetId one = bench.sets().entries()[0].id;
    const SetId other = bench.sets().entries()[1].id;
    measure(one, 0);
    CHECK_FALSE(records.isVisible());
    measure(other, 4);
    measure(other, 4); // the same request is the same landscape
    REQUIRE(records.count() == 2);
    CHECK(records.isVisible());
    CHECK(records.itemText(0).contains(bench.sets().find(other)->name));
    // Whole on the narrowest window that is promised, beside the list of sets.
    page.resize(1020, 720);
    QApplication::processEvents();
    CHECK(records.width() >
          records.fontMetrics().horizontalAdvance(QStringLiteral("search: pairs 16–19 and 20–23 at 512 tokens")));
    CHECK(records.currentIndex() == 0);
    Q_EMIT records.activated(1);
    CHECK(bench.selection().set() == one);
    CHECK(page.model().samples().front().nll == 2);
    CHECK(page.plan().axes.front().pairs == Segment{0, 2});
    CHECK(records.currentIndex() == 1);
    bench.setup().setText(QStringLiteral("b"), QStringLiteral("b.txt"));
    CHECK(records.count() == 0);
}
