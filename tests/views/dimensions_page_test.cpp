// The Dimensions page by hand: typed factors, the attention factor, models of few and many pairs, the first steps.
#include "views/pages/dimensions_page.h"

#include <set>

#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSlider>
#include <QTest>

#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"
#include "tests/views/bench_fixture.h"
#include "views/search/search_panel.h"
#include "views/tracks/bar_track.h"
#include "views/tracks/factors_track.h"
#include "views/widgets/angle_controls.h"
#include "views/widgets/attention_field.h"
#include "views/widgets/factor_set_editor.h"
#include "views/widgets/first_steps.h"

using namespace ropescope;

namespace {

struct PageFixture : test::BenchFixture {
    PageFixture() {
        page.resize(1000, 800);
        page.show();
    }
    [[nodiscard]] const FactorSetEntry& current() { return *bench.currentSet(); }
    [[nodiscard]] QLineEdit* openField(int pair) {
        bench.selection().setPair(pair);
        page.factors().editSelectedPair();
        return page.findChild<QLineEdit*>(QStringLiteral("factorField"));
    }
    // Deletes what was to be deleted later.
    static void flush() { QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); }

    test::QtWarnings warnings;
    Theme theme;
    FactorSetEditor editor{bench.sets(), bench.selection()};
    DimensionsPage page{{bench, editor, theme}};
};

int coloursOf(const QImage& image) {
    std::set<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3)
        for (int x = 0; x < image.width(); x += 3)
            colours.insert(image.pixel(x, y));
    return static_cast<int>(colours.size());
}

} // namespace

TEST_CASE_METHOD(PageFixture, "What can't be read as a factor is said beside the field, which stays open") {
    const SetId method = bench.selection().set();
    QLineEdit* field = openField(5);
    REQUIRE(field);
    for (const char* text : {"abc", "-2", "0", ""}) {
        field->setText(QString::fromLatin1(text));
        QTest::keyClick(field, Qt::Key_Return);
        flush();
        CAPTURE(text);
        REQUIRE(page.findChild<QLineEdit*>(QStringLiteral("factorField")) == field);
        const auto* message = page.findChild<QLabel*>(QStringLiteral("factorFieldMessage"));
        REQUIRE(message);
        CHECK(message->text().contains(QStringLiteral("above 0")));
        CHECK(page.factors().rect().contains(message->geometry()));
        CHECK(bench.selection().set() == method);
    }
    field->setText(QStringLiteral("2.5"));
    QTest::keyClick(field, Qt::Key_Return);
    flush();
    CHECK(current().set.factors[5] == Approx(2.5));
    CHECK_FALSE(page.findChild<QLineEdit*>(QStringLiteral("factorField")));
    CHECK_FALSE(page.findChild<QLabel*>(QStringLiteral("factorFieldMessage")));

    const double before = current().set.factors[6];
    field = openField(6);
    REQUIRE(field);
    field->setText(QStringLiteral("9"));
    QTest::keyClick(field, Qt::Key_Escape);
    flush();
    CHECK_FALSE(page.findChild<QLineEdit*>(QStringLiteral("factorField")));
    CHECK(current().set.factors[6] == before);
}

TEST_CASE_METHOD(PageFixture, "The attention factor is typed and stepped beside the curve, and undone") {
    auto* field = page.findChild<AttentionField*>();
    REQUIRE(field);
    const SetId method = bench.selection().set();
    const double before = current().set.attentionFactor;
    CHECK(field->value() == Approx(before).margin(1e-4));

    field->setValue(1.25);
    const SetId copy = bench.selection().set();
    CHECK(copy != method);
    CHECK(current().origin == SetOrigin::edited);
    CHECK(current().set.attentionFactor == Approx(1.25));
    CHECK(bench.sets().find(method)->set.attentionFactor == before);

    const int edits = editor.history().count();
    field->setFocus();
    for (int step = 0; step < 3; ++step)
        field->stepBy(1);
    CHECK(current().set.attentionFactor == Approx(1.28));
    CHECK(editor.history().count() == edits + 1);
    editor.history().undo();
    CHECK(current().set.attentionFactor == Approx(1.25));
    CHECK(field->value() == Approx(1.25));
    QTest::keyClick(field, Qt::Key_Return);
    CHECK_FALSE(page.findChild<QLineEdit*>(QStringLiteral("factorField")));
    editor.history().undo();
    CHECK(bench.selection().set() == method);
    CHECK(field->value() == Approx(before).margin(1e-4));
}

TEST_CASE_METHOD(PageFixture, "Models of 8 and of 256 pairs, and none at all, have their picture") {
    const int pairs = GENERATE(8, 256);
    Setup setup = test::smallSetup();
    setup.geometry = {2 * pairs, 2 * pairs, 10000, 256};
    bench.openSetup(setup, {QStringLiteral("yarn"), QStringLiteral("pi")});
    REQUIRE(QTest::qWaitFor([this] { return !bench.angles().computing(); }, 20000));
    bench.selection().setPair(pairs - 1);
    CHECK(coloursOf(page.grab().toImage()) > 20);
    QTest::keyClick(&page.factors(), Qt::Key_Up);
    CHECK(current().origin == SetOrigin::edited);
    CHECK(coloursOf(page.grab().toImage()) > 20);
    bench.openSetup({}, {});
    CHECK_FALSE(page.grab().isNull());
    CHECK(warnings.all().isEmpty());
}

TEST_CASE_METHOD(PageFixture, "The first steps tick for what a person did, not for what was there") {
    FirstSteps steps(bench);
    SearchSnapshot search;
    search.phase = SearchPhase::paused;
    search.decisions.resize(4);
    bench.search().setSnapshot(search);
    CHECK_FALSE(steps.ticked(FirstSteps::stepSegment));
    search.phase = SearchPhase::running;
    bench.search().setSnapshot(search);
    CHECK_FALSE(steps.ticked(FirstSteps::stepSegment));
    search.decisions.resize(5);
    bench.search().setSnapshot(search);
    CHECK(steps.ticked(FirstSteps::stepSegment));

    for (const FactorSetEntry& entry : std::vector<FactorSetEntry>(bench.sets().entries()))
        bench.sets().addMeasurement(entry.id, {1024, 2, 7.4, 0.1, 1000});
    CHECK_FALSE(steps.ticked(FirstSteps::measure));
    const SetId byHand = editor.editableCurrent(editor.newGesture());
    CHECK(steps.ticked(FirstSteps::pullPair));
    editor.setAttentionFactor(byHand, 1.3);
    CHECK_FALSE(steps.ticked(FirstSteps::measure));
    bench.sets().addMeasurement(byHand, {1024, 2, 7.4, 0.1, 1000});
    CHECK(steps.ticked(FirstSteps::measure));

    CHECK_FALSE(steps.ticked(FirstSteps::dragTarget));
    bench.setup().setTargetLength(2000);
    CHECK(steps.ticked(FirstSteps::dragTarget));
}

TEST_CASE_METHOD(PageFixture, "Everything beside the tracks fits a window of 1280 by 800") {
    page.setSearchPanel(new SearchPanel(bench, theme));
    page.setFirstSteps(new FirstSteps(bench));
    // What the window leaves a page: less the menu, the setup bar and the job bar.
    page.resize(1070, 715);
    QCoreApplication::processEvents();
    const auto* panel = page.findChild<QScrollArea*>(QStringLiteral("rightPanel"));
    REQUIRE(panel);
    CHECK(panel->verticalScrollBar()->maximum() == 0);
}

TEST_CASE_METHOD(PageFixture, "Sliders stay sliders on a narrow window: the strip takes a second row") {
    auto* strip = page.findChild<AngleControls*>();
    REQUIRE(strip);
    auto* paint = strip->findChild<QWidget*>(QStringLiteral("paintMode"));
    const auto slidersAreUsable = [&] {
        for (const char* name : {"targetSlider", "binsSlider", "thresholdSlider"}) {
            INFO(name);
            const auto* slider = strip->findChild<QSlider*>(QString::fromLatin1(name));
            CHECK(slider->width() >= 48);
            CHECK(strip->rect().contains(slider->geometry()));
        }
        CHECK(strip->rect().contains(paint->geometry()));
    };
    auto* target = strip->findChild<QWidget*>(QStringLiteral("targetSlider"));
    page.resize(1900, 800);
    QApplication::processEvents();
    slidersAreUsable();
    CHECK(paint->geometry().top() < target->geometry().bottom());
    page.resize(page.minimumSizeHint().width(), 800);
    QApplication::processEvents();
    slidersAreUsable();
    CHECK(paint->geometry().top() > target->geometry().bottom());
}

TEST_CASE_METHOD(PageFixture, "Bars have the colour of the current set, all of them") {
    const auto reported = [&] { return QTest::qWaitFor([&] { return !bench.angles().computing(); }, 20000); };
    auto* track = page.findChild<DisturbanceTrack*>();
    REQUIRE(track);
    const auto pixelsOf = [&](int colour) {
        const QImage image = track->grab().toImage().convertToFormat(QImage::Format_RGB32);
        int count = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                count += image.pixel(x, y) == theme.set(colour).rgb();
        return count;
    };
    REQUIRE(reported());
    const int before = current().colour;
    CHECK(pixelsOf(before) > 0);
    // One pair of a method's set by hand: a copy of another colour, of which only that pair is counted anew.
    bench.selection().setPair(3);
    QTest::keyClick(&page.factors(), Qt::Key_Up);
    REQUIRE(current().colour != before);
    REQUIRE(reported());
    CHECK(pixelsOf(before) == 0);
    CHECK(pixelsOf(current().colour) > 0);
}
