// Published searches in the window: stepped, looked back on and taken over without a model.
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "engine/search/published_searches.h"
#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"

using namespace ropescope;

namespace {

using test::patience;

struct ReplayFixture {
    ReplayFixture() {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        window = std::make_unique<MainWindow>(theme);
        const auto searches = publishedSearches();
        REQUIRE(searches);
        REQUIRE_FALSE(searches->empty());
        trace = searches->back();
        window->opener().openPublished(trace);
        window->show();
        REQUIRE(idle());
    }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window->jobs().running() && window->jobs().waiting() == 0; }, patience);
    }
    [[nodiscard]] const SearchSnapshot& search() { return window->bench().search().snapshot(); }
    [[nodiscard]] QPushButton* button(const char* name) {
        return window->findChild<QPushButton*>(QString::fromLatin1(name));
    }

    Theme theme;
    std::unique_ptr<MainWindow> window;
    SearchTrace trace;
};

} // namespace

TEST_CASE_METHOD(ReplayFixture, "A published search is stepped to its published factors") {
    const Setup& setup = window->bench().setup().setup();
    CHECK(setup.modelPath.isEmpty());
    CHECK(setup.targetLength > setup.geometry.trainedLength);
    CHECK(search().phase == SearchPhase::paused);
    CHECK(search().scored.empty());
    REQUIRE(search().next);

    window->search().step(SearchStep::segment);
    REQUIRE(idle());
    REQUIRE(search().decisions.size() == 1);
    CHECK(search().origin == ScoreOrigin::ranks);
    CHECK(window->findChild<QLabel*>(QStringLiteral("searchMessage"))->text().contains(QStringLiteral("rank")));
    CHECK_FALSE(button("branchHere")->isEnabled());
    CHECK_FALSE(button("changeSearch")->isEnabled());

    window->search().step(SearchStep::end);
    REQUIRE(idle());
    CHECK(search().phase == SearchPhase::finished);
    const FactorSetEntry* found = window->bench().currentSet();
    REQUIRE(found);
    CHECK(found->origin == SetOrigin::search);
    CHECK(found->measurements.empty());
    REQUIRE(found->set.factors.size() == trace.final.size());
    for (std::size_t pair = 0; pair < trace.final.size(); ++pair)
        CHECK(found->set.factors[pair] == Approx(trace.final[pair]).margin(2e-5));
}

TEST_CASE_METHOD(ReplayFixture, "An earlier state of a replay is looked at, and an evaluation taken over") {
    window->search().step(SearchStep::level);
    REQUIRE(idle());
    const auto all = search().scored.size();
    const auto decided = search().decisions.size();
    REQUIRE(decided == 2);
    auto* slider = window->findChild<QSlider*>(QStringLiteral("historySlider"));
    CHECK(slider->value() == static_cast<int>(all));

    window->search().goTo(3);
    REQUIRE(idle());
    CHECK(search().readOnly);
    CHECK(search().shown == 3);
    CHECK(search().scored.size() == all);
    CHECK(search().decisions.empty());
    CHECK(slider->value() == 3);
    CHECK_FALSE(button("stepCandidateButton")->isEnabled());

    const int sets = window->bench().sets().count();
    button("takeOver")->click();
    REQUIRE(window->bench().sets().count() == sets + 1);
    REQUIRE(search().last);
    CHECK(window->bench().currentSet()->set.factors == search().last->candidate.factors);

    // Several wishes at once: the last one is what is shown in the end.
    for (const int evaluation : {1, 5, 2, 7})
        window->search().goTo(evaluation);
    REQUIRE(QTest::qWaitFor([this] { return search().shown == 7; }, patience));
    window->search().goTo(std::nullopt);
    REQUIRE(idle());
    CHECK_FALSE(search().readOnly);
    CHECK(search().decisions.size() == decided);
}

TEST_CASE_METHOD(ReplayFixture, "A replay refuses changes and says why") {
    window->search().step(SearchStep::segment);
    REQUIRE(idle());
    const auto factors = search().factors;
    window->search().apply(SkipSegment{});
    REQUIRE(idle());
    CHECK(search().message.contains(QStringLiteral("no model")));
    CHECK(search().factors == factors);
    CHECK(search().decisions.size() == 1);
    // Its steps go on nevertheless.
    window->search().step(SearchStep::segment);
    REQUIRE(idle());
    CHECK(search().decisions.size() == 2);
    CHECK(search().message.isEmpty());
}
