// A person's first minutes, with the real engine and the bundled model.
#include <cmath>

#include <QFileInfo>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/probe_controller.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"
#include "views/pages/dimensions_page.h"
#include "views/pages/export_page.h"
#include "views/search/search_panel.h"
#include "views/tracks/factors_track.h"
#include "views/widgets/factor_set_editor.h"

using namespace ropescope;

namespace {

using test::patience;

struct WindowFixture {
    WindowFixture() {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        window = std::make_unique<MainWindow>(theme);
        window->search().setStudyFolder(folder.path());
        window->resize(1280, 800);
        window->opener().openModel(QStringLiteral("demo"));
        // Short windows: the walk is about the window, not about the numbers.
        window->bench().setup().setTargetLength(320);
        window->show();
    }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window->jobs().running() && window->jobs().waiting() == 0; }, patience);
    }
    [[nodiscard]] const SearchSnapshot& search() { return window->bench().search().snapshot(); }

    QTemporaryDir folder;
    Theme theme;
    std::unique_ptr<MainWindow> window;
};

} // namespace

TEST_CASE_METHOD(WindowFixture, "Open, step, override, branch, measure, reopen") {
    Bench& bench = window->bench();
    REQUIRE(bench.sets().count() == 5);
    const int pairs = bench.setup().setup().geometry.pairs();
    CHECK(pairs == 32);

    // One candidate, then the rest of its segment.
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    REQUIRE(search().scored.size() == 1);
    CHECK(std::isfinite(search().scored.front().score));
    window->search().step(SearchStep::segment);
    REQUIRE(idle());
    REQUIRE(search().decisions.size() == 1);
    const auto decided = search().scored.size();
    CHECK(search().phase == SearchPhase::paused);
    CHECK(bench.currentSet()->origin == SetOrigin::search);
    CHECK(window->findChild<QLabel*>(QStringLiteral("nextStep"))->text().contains(QStringLiteral("candidate")));

    // Pull a pair of the search's vector by key: a copy by hand, put into the paused search.
    auto* factors = window->findChild<FactorsTrack*>();
    bench.selection().setPair(20);
    QTest::keyClick(factors, Qt::Key_Up);
    CHECK(bench.currentSet()->origin == SetOrigin::edited);
    const auto byHand = bench.currentSet()->set.factors;
    window->search().applyCurrentSet();
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().factors[20] == Approx(byHand[20]));

    // Both are measured on the same windows, and the one by hand is written and reads back.
    const SetId hand = bench.selection().set();
    window->findChild<ProbeController*>()->measureMissing();
    REQUIRE(idle());
    REQUIRE(bench.sets().find(hand)->measuredAt(320));
    CHECK(std::isfinite(bench.sets().find(hand)->measuredAt(320)->perplexity));
    auto* exporting = window->findChild<ExportPage*>();
    exporting->setFormat(QStringLiteral("json"));
    const QString written = folder.filePath(QStringLiteral("by hand.json"));
    REQUIRE(exporting->save(written));
    exporting->verify();
    window->importFactorFile(written);
    CHECK(bench.selection().set() != hand);
    CHECK(bench.currentSet()->set.factors == byHand);
    bench.selection().setSet(hand);
    REQUIRE(idle());

    // Back to the first decision and on from there under another name.
    window->search().goTo(static_cast<int>(decided));
    REQUIRE(idle());
    CHECK(search().readOnly);
    CHECK(search().factors[20] != Approx(byHand[20]));
    window->search().branch();
    REQUIRE(idle());
    CHECK(search().branches.size() == 2);
    CHECK(!search().readOnly);

    // The study is a file that opens again where it was.
    const QString path = window->search().studyPath();
    REQUIRE(QFileInfo::exists(path));
    window->search().closeStudy();
    window->opener().openStudy(path);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().branches.size() == 2);
    CHECK(search().scored.size() == decided);
}

TEST_CASE_METHOD(WindowFixture, "A running search pauses, closes with the window, and loses nothing") {
    window->search().step(SearchStep::end);
    REQUIRE(QTest::qWaitFor([this] { return search().scored.size() >= 3; }, patience));
    CHECK(search().phase == SearchPhase::running);
    window->search().pause();
    REQUIRE(idle());
    CHECK(search().phase == SearchPhase::paused);
    const auto kept = search().scored.size();
    CHECK(kept >= 3);
    const QString path = window->search().studyPath();
    window->search().step(SearchStep::end);
    window->close();
    REQUIRE(QTest::qWaitFor([this] { return !window->isVisible(); }, patience));
    window = std::make_unique<MainWindow>(theme);
    window->opener().openStudy(path);
    REQUIRE(idle());
    CHECK(search().scored.size() >= kept);
}

TEST_CASE_METHOD(WindowFixture, "What can't be done is said in place") {
    window->bench().setup().setText(QStringLiteral("gone"), QStringLiteral("/nowhere/text.txt"));
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().message.contains(QStringLiteral("/nowhere/text.txt")));
    CHECK(search().phase == SearchPhase::none);
}
