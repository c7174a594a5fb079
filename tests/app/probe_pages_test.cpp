// The Landscape and Probes pages with the real engine and the bundled model, at small lengths.
#include <cmath>

#include <QSpinBox>
#include <QTest>

#include "app/window/main_window.h"
#include "tests/support/qt_catch.h"
#include "views/pages/landscape_page.h"
#include "views/pages/probes_page.h"
#include "views/widgets/factor_set_editor.h"

using namespace ropescope;

namespace {

constexpr int patience = 60000;

struct PagesFixture {
    PagesFixture() : window(theme) {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        window.resize(1280, 800);
        window.openModel(QStringLiteral("demo"));
        window.bench().setup().setTargetLength(256);
        window.show();
    }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window.jobs().running() && window.jobs().waiting() == 0; }, patience);
    }

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
