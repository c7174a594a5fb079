// The Landscape and Probes pages with the real engine and the bundled model, at small lengths.
#include <cmath>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "engine/study/study.h"
#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"
#include "tests/support/run_program.h"
#include "views/pages/landscape_page.h"
#include "views/pages/probes_page.h"
#include "views/widgets/factor_set_editor.h"

using namespace ropescope;

namespace {

using test::patience;

struct PagesFixture {
    PagesFixture() : window(theme) {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        window.search().setStudyFolder(folder.path());
        window.resize(1280, 800);
        window.opener().openModel(QStringLiteral("demo"));
        window.bench().setup().setTargetLength(256);
        window.show();
    }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window.jobs().running() && window.jobs().waiting() == 0; }, patience);
    }

    QTemporaryDir folder;
    Theme theme;
    MainWindow window;
};

} // namespace

TEST_CASE_METHOD(PagesFixture, "A landscape is computed, cancelled, gone on with and taken over") {
    auto& page = *window.findChild<LandscapePage*>();
    page.findChild<QSpinBox*>(QStringLiteral("landscapePoints"))->setValue(5);
    page.findChild<QSpinBox*>(QStringLiteral("landscapeLength"))->setValue(64);
    const LandscapePlan plan = page.plan();
    Q_EMIT page.runRequested(plan);
    CHECK(page.model().phase() == ProbePhase::running);
    REQUIRE(idle());
    REQUIRE(page.model().phase() == ProbePhase::done);
    REQUIRE(page.model().samples().size() == 5);
    const auto base = page.model().nllOfBase();
    REQUIRE(base);
    CHECK(*base > 0.5);
    CHECK(*base < 5);

    // Cancelled before it could run: what was there stays.
    Q_EMIT page.runRequested(plan);
    Q_EMIT page.cancelRequested();
    REQUIRE(idle());
    CHECK(page.model().samples().size() == 5);

    const int sets = window.bench().sets().count();
    Q_EMIT page.takeOverRequested({2.0});
    REQUIRE(window.bench().sets().count() == sets + 1);
    const FactorSetEntry* taken = window.bench().currentSet();
    const auto pair = static_cast<std::size_t>(plan.axes.front().pairs.first);
    CHECK(taken->set.factors[pair] == Approx(2 * plan.base.factors[pair]));
    CHECK(taken->set.factors[0] == Approx(plan.base.factors[0]));
}

TEST_CASE_METHOD(PagesFixture, "A failed landscape says why in place") {
    auto& page = *window.findChild<LandscapePage*>();
    window.bench().setup().setText(QStringLiteral("gone"), QStringLiteral("/nowhere/text.txt"));
    Q_EMIT page.runRequested(page.plan());
    REQUIRE(idle());
    CHECK(page.model().phase() == ProbePhase::failed);
    CHECK(page.model().message().contains(QStringLiteral("/nowhere/text.txt")));
}

TEST_CASE_METHOD(PagesFixture,
                 "Sets are measured side by side, a later one is paired with them, passkeys are counted") {
    Bench& bench = window.bench();
    auto& page = *window.findChild<ProbesPage*>();
    const std::vector<SetId> sets{bench.sets().entries()[0].id, bench.sets().entries()[1].id,
                                  bench.sets().entries()[2].id};
    Q_EMIT page.perplexityRequested({{sets[0], sets[1]}, {64, 128}, 2});
    REQUIRE(idle());
    REQUIRE(page.model().phase(ProbeKind::perplexity) == ProbePhase::done);
    const auto measured = bench.sets().find(sets[0])->measuredAt(128);
    REQUIRE(measured);
    CHECK(bench.sets().find(sets[0])->measuredAt(64));
    CHECK(measured->tokens == 2 * 127);
    CHECK(measured->standardError > 0);
    const auto difference = page.model().difference(sets[1]);
    REQUIRE(difference);
    CHECK(difference->estimate.mean ==
          Approx(bench.sets().find(sets[1])->measuredAt(128)->nll - measured->nll).margin(1e-6));

    Q_EMIT page.perplexityRequested({{sets[2]}, {128}, 2});
    REQUIRE(idle());
    REQUIRE(page.model().comparison().sets.size() == 3);
    CHECK(page.model().difference(sets[0]).has_value() != (page.model().reference() == sets[0]));
    page.model().setReference(sets[0]);
    CHECK(page.model().difference(sets[2]));

    Q_EMIT page.passkeyRequested({{sets[0]}, {128}, {0.5}, 2});
    REQUIRE(idle());
    const auto cells = page.model().passkey(sets[0]);
    REQUIRE(cells.size() == 1);
    CHECK(cells.front().trials == 2);
    CHECK(cells.front().interval.high > cells.front().interval.low);
}

TEST_CASE_METHOD(PagesFixture, "A probe that is cancelled says so, and one that can't be done says why") {
    auto& page = *window.findChild<ProbesPage*>();
    const SetId set = window.bench().sets().entries()[0].id;
    Q_EMIT page.perplexityRequested({{set}, {256, 512, 1024, 2048}, 20});
    Q_EMIT page.cancelRequested();
    REQUIRE(idle());
    CHECK(page.model().phase(ProbeKind::perplexity) == ProbePhase::cancelled);
    Q_EMIT page.perplexityRequested({{set}, {100'000'000}, 1});
    REQUIRE(idle());
    CHECK(page.model().phase(ProbeKind::perplexity) == ProbePhase::failed);
    CHECK_FALSE(page.model().message(ProbeKind::perplexity).isEmpty());
}

TEST_CASE_METHOD(PagesFixture, "What was measured before a probe was cancelled is not measured again") {
    Bench& bench = window.bench();
    bench.setup().setTargetLength(512); // at the trained length all methods are the same
    auto& page = *window.findChild<ProbesPage*>();
    const PerplexityPlan plan{{bench.sets().entries()[0].id, bench.sets().entries()[4].id}, {256}, 12};
    QObject::connect(&bench.sets(), &FactorSetStore::entryChanged, &page, [&](SetId id) {
        if (id == plan.sets[0] && bench.sets().find(id)->measuredAt(256))
            Q_EMIT page.cancelRequested();
    });
    Q_EMIT page.perplexityRequested(plan);
    REQUIRE(idle());
    const std::string path = window.search().studyPath().toStdString();
    const auto cancelled = readStudy(path);
    REQUIRE(cancelled);
    REQUIRE(cancelled->probes.size() == 1);
    const auto first = std::get<PerplexityProbe>(cancelled->probes.front().result).results;
    REQUIRE(first.size() >= 1);
    CHECK(first.front().factors == bench.sets().entries()[0].set);

    const auto probesAfter = [&](const PerplexityPlan& again) {
        QObject::disconnect(&bench.sets(), &FactorSetStore::entryChanged, &page, nullptr);
        Q_EMIT page.perplexityRequested(again);
        REQUIRE(idle());
        CHECK(page.model().phase(ProbeKind::perplexity) == ProbePhase::done);
        const auto contents = readStudy(path);
        REQUIRE(contents);
        return contents->probes;
    };
    const auto second = probesAfter(plan);
    std::size_t results = 0;
    for (const StudyProbe& probe : second)
        results += std::get<PerplexityProbe>(probe.result).results.size();
    CHECK(results == 2);
    REQUIRE(page.model().difference(plan.sets[1]));
    const double difference = page.model().difference(plan.sets[1])->estimate.mean;
    CHECK(difference == Approx(bench.sets().find(plan.sets[1])->measuredAt(256)->nll - first.front().nll.mean));

    // Again: nothing to do. Fewer windows are another measurement.
    CHECK(probesAfter(plan).size() == second.size());
    CHECK(page.model().difference(plan.sets[1])->estimate.mean == difference);
    PerplexityPlan fewer = plan;
    fewer.windows = 1;
    const auto third = probesAfter(fewer);
    REQUIRE(third.size() == second.size() + 1);
    CHECK(std::get<PerplexityProbe>(third.back().result).results.size() == 2);
}

TEST_CASE_METHOD(PagesFixture, "What the client compared is shown, with sets of its own") {
    const std::string path = folder.filePath(QStringLiteral("compared.ropescope")).toStdString();
    const auto run = test::runProgram(
        ROPESCOPE_PROGRAM, "compare demo --text demo --length 128 --windows 3 --factors yarn:8 --factors pi:3 "
                           "--threads 1 --json --study '" +
                               path + "'");
    REQUIRE(run.exitCode == 0);
    const QJsonObject said = QJsonDocument::fromJson(QByteArray::fromStdString(run.output))
                                 .object()[QStringLiteral("comparisons")][0]
                                 .toObject();
    window.opener().openStudy(QString::fromStdString(path));
    REQUIRE(idle());
    Bench& bench = window.bench();
    const auto setOf = [&bench](const char* name) {
        for (const FactorSetEntry& entry : bench.sets().entries())
            if (entry.name == QLatin1String(name))
                return entry.id;
        return noSet;
    };
    REQUIRE(setOf("yarn:8") != noSet);
    REQUIRE(setOf("pi:3") != noSet);
    auto& model = window.findChild<ProbesPage*>()->model();
    model.setReference(setOf("yarn:8"));
    const auto difference = model.difference(setOf("pi:3"));
    REQUIRE(difference);
    CHECK(difference->estimate.mean == said[QStringLiteral("difference")].toDouble());
    CHECK(difference->estimate.standardError == said[QStringLiteral("standard_error")].toDouble());
    CHECK_FALSE(difference->byPosition.empty());
    REQUIRE(bench.sets().find(setOf("pi:3"))->measuredAt(128));
    CHECK(bench.sets().find(setOf("pi:3"))->measuredAt(128)->tokens == 3 * 127);

    // A later measurement of one set goes beside them; opened again the sets are the window's.
    Q_EMIT window.findChild<ProbesPage*>()->perplexityRequested({{setOf("yarn:8")}, {64}, 1});
    REQUIRE(idle());
    const int sets = bench.sets().count();
    window.opener().openModel(QStringLiteral("demo"));
    window.opener().openStudy(QString::fromStdString(path));
    REQUIRE(idle());
    CHECK(bench.sets().count() == sets);
    CHECK(model.comparison().sets.size() == 2);
    CHECK(bench.sets().find(setOf("yarn:8"))->measuredAt(64));
}

TEST_CASE_METHOD(PagesFixture, "What was measured is in the study and shown again when it is opened") {
    window.bench().setup().setTargetLength(512);
    const SetId pi = window.bench().sets().entries()[4].id;
    const SetId yarn = window.bench().sets().entries()[0].id;
    auto& probes = *window.findChild<ProbesPage*>();
    auto& landscape = *window.findChild<LandscapePage*>();
    Q_EMIT probes.perplexityRequested({{yarn, pi}, {64, 128}, 2});
    Q_EMIT probes.passkeyRequested({{yarn}, {128}, {0, 1}, 1});
    window.bench().selection().setSet(yarn);
    Q_EMIT landscape.sensitivityRequested();
    landscape.findChild<QSpinBox*>(QStringLiteral("landscapePoints"))->setValue(48);
    landscape.findChild<QSpinBox*>(QStringLiteral("landscapeLength"))->setValue(512);
    const LandscapePlan plan = landscape.plan();
    // Points come several at a time on a fast machine: the landscape is long enough to be stopped in the middle.
    bool stopped = false;
    QObject::connect(&landscape.model(), &LandscapeModel::changed, &landscape, [&] {
        if (!stopped && landscape.model().samples().size() >= 3) {
            stopped = true;
            Q_EMIT landscape.cancelRequested();
        }
    });
    Q_EMIT landscape.runRequested(plan);
    REQUIRE(idle());
    const auto difference = probes.model().difference(pi);
    REQUIRE(difference);
    const double perplexity = window.bench().sets().find(pi)->measuredAt(64)->perplexity;
    const auto samples = landscape.model().samples();
    REQUIRE(samples.size() >= 3);
    const auto sensitivity = window.bench().sensitivity().sensitivity().byLogFactor;
    REQUIRE(sensitivity.size() == 32);
    const QString path = window.search().studyPath();
    REQUIRE(QFileInfo::exists(path));

    window.opener().openModel(QStringLiteral("demo"));
    CHECK(window.search().studyPath().isEmpty());
    CHECK(probes.model().comparison().sets.empty());
    CHECK(landscape.model().samples().empty());
    window.opener().openStudy(path);
    REQUIRE(idle());
    // No search says what the target is; the window's own is kept.
    REQUIRE(window.bench().setup().setup().targetLength == 512);
    SetId again = noSet;
    for (const FactorSetEntry& entry : window.bench().sets().entries())
        if (entry.method == QLatin1String("pi"))
            again = entry.id;
    const auto measured = window.bench().sets().find(again)->measuredAt(64);
    REQUIRE(measured);
    CHECK(measured->perplexity == perplexity);
    CHECK(probes.model().comparison().sets.size() == 2);
    REQUIRE(probes.model().difference(again));
    CHECK(probes.model().difference(again)->estimate.mean == Approx(difference->estimate.mean));
    CHECK(probes.model().passkey(window.bench().sets().entries()[0].id).size() == 2);
    CHECK(window.bench().sensitivity().sensitivity().byLogFactor == sensitivity);

    // The landscape goes on where it was stopped, with what was asked for.
    CHECK(landscape.model().phase() == ProbePhase::cancelled);
    REQUIRE(landscape.model().samples().size() == samples.size());
    CHECK(landscape.model().samples()[1].nll == samples[1].nll);
    CHECK(sameLandscape(landscape.plan(), landscape.model().plan()));
    Q_EMIT landscape.runRequested(landscape.plan());
    REQUIRE(idle());
    CHECK(landscape.model().phase() == ProbePhase::done);
    CHECK(landscape.model().samples().size() == 48);
    const auto contents = readStudy(path.toStdString());
    REQUIRE(contents);
    CHECK(contents->probes.size() == 4);
}

TEST_CASE_METHOD(PagesFixture, "Another text begins another study, and nothing of the first is shown with it") {
    Bench& bench = window.bench();
    auto& page = *window.findChild<ProbesPage*>();
    const SetId set = bench.sets().entries()[0].id;
    Q_EMIT page.perplexityRequested({{set}, {64}, 1});
    REQUIRE(idle());
    REQUIRE(bench.sets().find(set)->measuredAt(64));
    const QString first = window.search().studyPath();
    window.openText(folder.filePath(QStringLiteral("other.txt")));
    CHECK(window.search().studyPath().isEmpty());
    CHECK_FALSE(bench.sets().find(set)->measuredAt(64));
    CHECK(page.model().comparison().sets.empty());
    CHECK(QFileInfo::exists(first));

    // Another attention stays in the study, and its numbers come back with it.
    window.opener().openStudy(first);
    REQUIRE(idle());
    const SetId same = bench.sets().entries()[0].id;
    REQUIRE(bench.sets().find(same)->measuredAt(64));
    bench.setup().setAttention(QStringLiteral("lm-infinite"));
    REQUIRE(idle());
    CHECK_FALSE(bench.sets().find(same)->measuredAt(64));
    CHECK(window.search().studyPath() == first);
    bench.setup().setAttention(QStringLiteral("full"));
    REQUIRE(idle());
    CHECK(bench.sets().find(same)->measuredAt(64));
}

TEST_CASE_METHOD(PagesFixture, "Sets made by hand, hidden, removed and measured come back with their study") {
    Bench& bench = window.bench();
    FactorSetEditor editor(bench.sets(), bench.selection());
    const auto methodSet = [&bench](const char* method) {
        for (const FactorSetEntry& entry : bench.sets().entries())
            if (entry.method == QLatin1String(method))
                return entry.id;
        return noSet;
    };
    Q_EMIT window.findChild<ProbesPage*>()->perplexityRequested({{methodSet("yarn")}, {64}, 1});
    REQUIRE(idle());
    FactorSetEntry own = *bench.sets().find(methodSet("yarn"));
    own.id = bench.sets().newId();
    own.name = QStringLiteral("by hand");
    own.origin = SetOrigin::edited;
    own.method.clear();
    own.colour = 6;
    own.set.factors[20] = 1.25;
    own.measurements.clear();
    editor.add(own);
    editor.setVisible(methodSet("ntk"), false);
    editor.remove(methodSet("pi"));
    Q_EMIT window.findChild<ProbesPage*>()->perplexityRequested({{own.id}, {64}, 1});
    REQUIRE(idle());
    const double perplexity = bench.sets().find(own.id)->measuredAt(64)->perplexity;
    editor.rename(own.id, QStringLiteral("renamed"));
    const QString path = window.search().studyPath();
    // Closing writes what is not written yet.
    window.close();
    REQUIRE(QTest::qWaitFor([this] { return !window.isVisible(); }, patience));
    REQUIRE(idle());

    window.opener().openModel(QStringLiteral("demo"));
    CHECK(bench.sets().count() == 5);
    window.opener().openStudy(path);
    REQUIRE(QTest::qWaitFor([&] { return bench.sets().entries().back().name == QStringLiteral("renamed"); }, patience));
    REQUIRE(idle());
    CHECK(methodSet("pi") == noSet);
    CHECK_FALSE(bench.sets().find(methodSet("ntk"))->visible);
    const FactorSetEntry again = bench.sets().entries().back();
    CHECK(again.set.factors == own.set.factors);
    CHECK(again.colour == 6);
    CHECK(again.origin == SetOrigin::edited);
    REQUIRE(again.measuredAt(64));
    CHECK(again.measuredAt(64)->perplexity == perplexity);
    CHECK(bench.sets().find(methodSet("yarn"))->measuredAt(64));
}

TEST_CASE("A set of another client gets a colour and is shown") {
    FactorSetStore store;
    const FactorSetEntry entry = entryOf({"from elsewhere", {{1, 2}, 1.5, "file"}, "not json"}, store);
    CHECK(entry.visible);
    CHECK(entry.origin == SetOrigin::import);
    CHECK(entry.method.isEmpty());
    CHECK(entry.colour == store.freeColour());
    CHECK(entry.set.attentionFactor == 1.5);
    FactorSetEntry hidden = entry;
    hidden.visible = false;
    hidden.colour = 3;
    hidden.origin = SetOrigin::edited;
    const FactorSetEntry back = entryOf(keptSet(hidden), store);
    CHECK(back.name == hidden.name);
    CHECK_FALSE(back.visible);
    CHECK(back.colour == 3);
    CHECK(back.origin == SetOrigin::edited);
}
