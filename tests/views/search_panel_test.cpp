#include "views/search/search_panel.h"

#include <limits>

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTableView>

#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"
#include "tests/views/bench_fixture.h"
#include "views/search/best_curve.h"
#include "views/search/increment_chart.h"

using namespace ropescope;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Decision decisionOn(Segment segment, int level) {
    Decision decision;
    decision.level = level;
    decision.segment = segment;
    decision.window = {-1, 1};
    decision.increments = {-1, 0, 1};
    decision.scores = {nan, 19.5, 18.5};
    decision.valid = 2;
    decision.best = 2;
    decision.top = {2, 1};
    decision.children = {-0.5, 1};
    decision.scoreBefore = 20;
    decision.scoreAfter = 18.5;
    return decision;
}

// Six of fourteen candidates scored, the third segment live.
SearchSnapshot pausedSearch() {
    SearchSnapshot search;
    search.phase = SearchPhase::paused;
    search.method = QStringLiteral("dcis");
    search.decisions = {decisionOn({4, 8}, 1), decisionOn({0, 4}, 1)};
    search.decisionEvents = {3, 6};
    TreeSegment live;
    live.level = 2;
    live.segment = {6, 8};
    live.state = SegmentState::live;
    live.window = IncrementWindow{-0.5, 1};
    search.tree.levels = {{live}};
    search.live = live;
    Candidate next;
    next.segment = {6, 8};
    next.level = 2;
    next.increment = 2.4;
    next.index = 8;
    next.of = 10;
    search.next = next;
    search.secondsPerEvaluation = 4.1;
    search.evaluations = 6;
    search.planned = 26;
    for (int i = 1; i <= 6; ++i)
        search.scored.push_back({i, 20.0 - i / 4.0, 4.1 * i});
    search.shown = search.shownEvent = 6;
    search.last = ScoredVectorShown{next, 18.5};
    search.incumbent = 18.5;
    search.branch = QStringLiteral("main");
    search.branches = QStringList{QStringLiteral("main")};
    return search;
}

struct PanelFixture : test::BenchFixture {
    PanelFixture() {
        bench.setup().setText(QStringLiteral("text"), QStringLiteral("text.txt"));
        panel.resize(380, 900);
        panel.show();
    }
    void show(const SearchSnapshot& search) { bench.search().setSnapshot(search); }
    [[nodiscard]] QPushButton* button(const char* name) {
        return panel.findChild<QPushButton*>(QString::fromLatin1(name));
    }
    [[nodiscard]] QString text(const char* name) { return panel.findChild<QLabel*>(QString::fromLatin1(name))->text(); }

    test::QtWarnings warnings;
    Theme theme;
    SearchPanel panel{bench, theme};
    QSlider* slider = panel.findChild<QSlider*>(QStringLiteral("historySlider"));
};

} // namespace

TEST_CASE_METHOD(PanelFixture, "What comes next and what it costs is said before anything runs") {
    CHECK(text("nextStep").contains(QStringLiteral("begin a search")));
    CHECK(button("stepCandidateButton")->isEnabled());
    CHECK_FALSE(button("branchHere")->isEnabled());
    CHECK_FALSE(button("takeOver")->isEnabled());
    CHECK_FALSE(slider->isEnabled());

    show(pausedSearch());
    CHECK(text("nextStep") ==
          QStringLiteral("Next: +2.40 on pairs 6\u20137 (candidate 9 of 10), 4.1 s; all 20 left: 82 s"));
    CHECK(button("branchHere")->isEnabled());
    CHECK(button("takeOver")->isEnabled());
    CHECK(slider->isEnabled());
    CHECK(slider->maximum() == 6);
    CHECK(slider->value() == 6);

    SearchSnapshot unmeasured = pausedSearch();
    unmeasured.secondsPerEvaluation = 0;
    show(unmeasured);
    CHECK(text("nextStep").endsWith(QStringLiteral("(candidate 9 of 10)")));

    SearchSnapshot finished = pausedSearch();
    finished.phase = SearchPhase::finished;
    finished.next.reset();
    finished.live.reset();
    show(finished);
    CHECK(text("nextStep").contains(QStringLiteral("finished")));
    CHECK_FALSE(button("stepCandidateButton")->isEnabled());
    CHECK(button("branchHere")->isEnabled());
    CHECK(warnings.all().isEmpty());
}

TEST_CASE_METHOD(PanelFixture, "A finished search says what it is worth on text that it did not see") {
    SearchSnapshot finished = pausedSearch();
    finished.phase = SearchPhase::finished;
    finished.next.reset();
    finished.live.reset();
    show(finished);
    CHECK(text("nextStep").contains(QStringLiteral("compare")));
    REQUIRE(button("runSearchButton")->isEnabled());
    QSignalSpy steps(&panel, &SearchPanel::stepRequested);
    button("runSearchButton")->click();
    CHECK(steps.count() == 1);

    SearchVerdict verdict;
    verdict.initial = 20;
    verdict.found = 17.5;
    finished.verdict = verdict;
    show(finished);
    CHECK(text("nextStep").contains(QStringLiteral("can't be judged")));
    CHECK_FALSE(button("runSearchButton")->isEnabled());
    const auto said = [&](double difference, double error) {
        finished.verdict->unseen = SearchVerdict::Unseen{16, 21, 20.5, difference, error};
        show(finished);
        return text("nextStep");
    };
    CHECK(said(-0.024, 0.004).contains(QStringLiteral("\u22120.0240 \u00b1 0.0040 nats per token: better")));
    CHECK(said(-0.007, 0.004).contains(QStringLiteral("no clear difference")));
    CHECK(said(0.007, 0.004).contains(QStringLiteral("no clear difference")));
    CHECK(said(0.009, 0.004).contains(QStringLiteral("worse than the start")));
    CHECK(said(-0.1, nan).contains(QStringLiteral("too little text")));
}

TEST_CASE_METHOD(PanelFixture, "The newest decision is shown until the next segment has a candidate") {
    SearchSnapshot search = pausedSearch();
    show(search);
    CHECK(panel.findChild<IncrementChart*>()->title().contains(QStringLiteral("Decided")));
    search.tried = {{0.5, 19}};
    show(search);
    CHECK(panel.findChild<IncrementChart*>()->title().contains(QStringLiteral("6\u20137")));
}

TEST_CASE_METHOD(PanelFixture, "A study that is being read says so and can't be stepped") {
    SearchSnapshot opening;
    opening.phase = SearchPhase::opening;
    show(opening);
    CHECK(text("nextStep") == QStringLiteral("Opening the study\u2026"));
    for (const char* name : {"stepCandidateButton", "stepSegmentButton", "runSearchButton", "branchHere"})
        CHECK_FALSE(button(name)->isEnabled());
}

TEST_CASE_METHOD(PanelFixture, "Buttons ask for steps; a running search can only be paused or stopped") {
    show(pausedSearch());
    QSignalSpy steps(&panel, &SearchPanel::stepRequested);
    QSignalSpy pauses(&panel, &SearchPanel::pauseRequested);
    QSignalSpy stops(&panel, &SearchPanel::stopRequested);
    for (const char* name : {"stepCandidateButton", "stepSegmentButton", "stepLevelButton", "runSearchButton"})
        button(name)->click();
    REQUIRE(steps.count() == 4);
    CHECK(steps[0][0].value<SearchStep>() == SearchStep::candidate);
    CHECK(steps[1][0].value<SearchStep>() == SearchStep::segment);
    CHECK(steps[2][0].value<SearchStep>() == SearchStep::level);
    CHECK(steps[3][0].value<SearchStep>() == SearchStep::end);
    CHECK_FALSE(button("stopSearchButton")->isEnabled());

    SearchSnapshot running = pausedSearch();
    running.phase = SearchPhase::running;
    show(running);
    for (const char* name : {"stepCandidateButton", "stepSegmentButton", "stepLevelButton", "stepBackButton",
                             "branchHere", "changeSearch", "takeOver"})
        CHECK_FALSE(button(name)->isEnabled());
    CHECK_FALSE(slider->isEnabled());
    button("runSearchButton")->click();
    button("stopSearchButton")->click();
    CHECK(pauses.count() == 1);
    CHECK(stops.count() == 1);
    CHECK(steps.count() == 4);
}

TEST_CASE_METHOD(PanelFixture, "An earlier state is looked at: the slider says where, and nothing goes on from there") {
    show(pausedSearch());
    QSignalSpy goes(&panel, &SearchPanel::goToRequested);
    slider->setValue(2);
    REQUIRE(goes.count() == 1);
    CHECK(goes[0][0].value<std::optional<int>>() == 2);
    slider->setValue(6);
    CHECK(goes[1][0].value<std::optional<int>>() == std::nullopt);

    SearchSnapshot earlier = pausedSearch();
    earlier.readOnly = true;
    earlier.shown = earlier.shownEvent = 2;
    earlier.decisions.clear();
    show(earlier);
    CHECK(slider->value() == 2);
    CHECK(slider->maximum() == 6);
    CHECK(text("searchMessage") ==
          QStringLiteral("After evaluation 2 of 6, to look at. Branch here to go on from it."));
    CHECK_FALSE(button("stepCandidateButton")->isEnabled());
    CHECK_FALSE(button("changeSearch")->isEnabled());
    CHECK(button("branchHere")->isEnabled());
    goes.clear();
    button("stepBackButton")->click();
    REQUIRE(goes.count() == 1);
    CHECK(goes[0][0].value<std::optional<int>>() == 1);
}

TEST_CASE_METHOD(PanelFixture, "Branches are listed with their best and can be switched to") {
    auto* box = panel.findChild<QComboBox*>(QStringLiteral("searchBranch"));
    show(pausedSearch());
    CHECK_FALSE(box->isVisible());
    SearchSnapshot two = pausedSearch();
    two.branches = QStringList{QStringLiteral("main"), QStringLiteral("by hand")};
    two.others = {{QStringLiteral("by hand"), {{1, 4, 20}, {9, 36, 17.25}}}};
    show(two);
    CHECK(box->isVisible());
    REQUIRE(box->count() == 2);
    CHECK(box->currentText() == QStringLiteral("main: 18.50"));
    CHECK(box->itemText(1) == QStringLiteral("by hand: 17.25"));
    QSignalSpy switches(&panel, &SearchPanel::switchRequested);
    Q_EMIT box->activated(1);
    REQUIRE(switches.count() == 1);
    CHECK(switches[0][0].toString() == QStringLiteral("by hand"));
}

TEST_CASE_METHOD(PanelFixture, "Decisions are listed newest first, each with its reason, and select their segment") {
    show(pausedSearch());
    auto* table = panel.findChild<QTableView*>(QStringLiteral("decisions"));
    REQUIRE(table->model()->rowCount() == 2);
    CHECK(table->model()->index(0, DecisionListModel::pairs).data().toString().contains(QStringLiteral("0")));
    CHECK(table->model()->index(0, DecisionListModel::increment).data().toString() == QStringLiteral("+1.00"));
    const QString why = table->model()->index(0, 0).data(Qt::ToolTipRole).toString();
    CHECK(why.contains(QStringLiteral("next window")));
    CHECK(why.contains(QStringLiteral("1 of 3 invalid")));
    table->setCurrentIndex(table->model()->index(1, 0));
    CHECK(bench.selection().decision() == 0);
    REQUIRE(bench.selection().segment());
    CHECK(*bench.selection().segment() == Segment{4, 8});
    CHECK(panel.findChild<IncrementChart*>()->title().contains(QStringLiteral("4\u20137")));
}

TEST_CASE_METHOD(PanelFixture, "Every state of a search has a picture: none, one point, NaN only, ranks, failed") {
    const auto paints = [this] { return !panel.grab().toImage().isNull(); };
    CHECK(paints());
    const auto* emptyCurve = panel.findChild<QLabel*>(QStringLiteral("bestEmpty"));
    CHECK(emptyCurve->isVisible());
    SearchSnapshot one = pausedSearch();
    one.decisions.clear();
    one.scored.resize(1);
    one.tried = {{0.5, 19}};
    show(one);
    CHECK(paints());
    CHECK_FALSE(emptyCurve->isVisible());
    SearchSnapshot lost = pausedSearch();
    for (ScoredEvaluation& evaluation : lost.scored)
        evaluation.score = nan;
    lost.incumbent.reset();
    lost.tried = {{0.5, nan}, {0.75, nan}};
    lost.phase = SearchPhase::failed;
    lost.message = QStringLiteral("none of the 6 vectors scored so far gave a finite perplexity");
    show(lost);
    CHECK(text("searchMessage") == lost.message);
    CHECK(paints());
    SearchSnapshot ranks = pausedSearch();
    ranks.origin = ScoreOrigin::ranks;
    show(ranks);
    CHECK(text("searchMessage").contains(QStringLiteral("rank")));
    CHECK_FALSE(button("branchHere")->isEnabled());
    CHECK_FALSE(button("changeSearch")->isEnabled());
    CHECK(paints());
    CHECK(warnings.all().isEmpty());
}
