// Studies in the window: opened in the background, refused with a message, resumed only on what they were begun with;
// locks, branches and take-over on a real search.
#include <cmath>

#include <QFile>
#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "engine/base/resources.h"
#include "tests/support/qt_catch.h"

using namespace ropescope;

namespace {

constexpr int patience = 60000;
constexpr std::int64_t target = 320;

struct StudyFixture {
    StudyFixture() {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        newWindow();
    }
    void newWindow() {
        window = std::make_unique<MainWindow>(theme);
        window->search().setStudyFolder(folder.path());
        window->resize(1280, 800);
    }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window->jobs().running() && window->jobs().waiting() == 0; }, patience);
    }
    [[nodiscard]] const SearchSnapshot& search() { return window->bench().search().snapshot(); }
    [[nodiscard]] QString message() { return window->findChild<QLabel*>(QStringLiteral("message"))->text(); }
    void openDemo() {
        window->opener().openModel(QStringLiteral("demo"));
        window->bench().setup().setTargetLength(target);
    }
    // Part of the demo text, as a file of its own.
    [[nodiscard]] QString ownText(qint64 skip) {
        QFile from(QString::fromStdString(textPath("demo").string()));
        REQUIRE(from.open(QIODevice::ReadOnly));
        from.skip(skip);
        const QString path = folder.filePath(QStringLiteral("own.txt"));
        QFile to(path);
        REQUIRE(to.open(QIODevice::WriteOnly | QIODevice::Truncate));
        to.write(from.read(20'000));
        return path;
    }

    QTemporaryDir folder;
    Theme theme;
    std::unique_ptr<MainWindow> window;
};

} // namespace

TEST_CASE_METHOD(StudyFixture, "A study that can't be read leaves an empty window with the demo model and a message") {
    const QString path = folder.filePath(QStringLiteral("damaged.ropescope"));
    QFile file(path);
    REQUIRE(file.open(QIODevice::WriteOnly));
    file.write("no database at all, but long enough to look like a file with something in it");
    file.close();
    window->opener().openStudy(path);
    CHECK(search().phase == SearchPhase::opening);
    REQUIRE(idle());
    CHECK(window->bench().setup().setup().modelPath == QStringLiteral("demo"));
    CHECK(window->bench().sets().count() > 0);
    CHECK(window->search().studyPath().isEmpty());
    CHECK(search().phase == SearchPhase::none);
    CHECK(message().contains(QStringLiteral("damaged.ropescope")));

    // With a model open it stays, and only the message comes.
    window->bench().setup().setTargetLength(777);
    window->opener().openStudy(path);
    REQUIRE(idle());
    CHECK(window->bench().setup().setup().targetLength == 777);
    CHECK(!message().isEmpty());
    CHECK(search().phase == SearchPhase::none);
}

TEST_CASE_METHOD(StudyFixture, "A search goes on only with the text that it was begun with") {
    openDemo();
    window->openText(ownText(0));
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    REQUIRE(search().scored.size() == 1);
    const QString path = window->search().studyPath();
    window->search().closeStudy();
    REQUIRE(idle());
    const QString text = ownText(50'000);

    newWindow();
    window->opener().openStudy(path);
    REQUIRE(idle());
    CHECK(window->bench().setup().setup().textPath == text);
    REQUIRE(search().scored.size() == 1); // can be looked at
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().scored.size() == 1);
    CHECK(search().message.contains(QStringLiteral("own.txt")));
    CHECK(search().message.contains(QStringLiteral("not be comparable")));

    CHECK(ownText(0) == text);
    newWindow();
    window->opener().openStudy(path);
    REQUIRE(idle());
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().scored.size() == 2);
}

TEST_CASE_METHOD(StudyFixture, "Locked pairs stay, evaluations are taken over, branches differ, on a real search") {
    openDemo();
    Bench& bench = window->bench();
    std::vector<bool> locks(32, false);
    for (int pair = 16; pair < 24; ++pair)
        locks[static_cast<std::size_t>(pair)] = true;
    bench.sets().setLocks(locks);
    const Factors start = bench.currentSet()->set.factors;
    window->search().step(SearchStep::segment);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    REQUIRE(!search().decisions.empty());
    CHECK(search().lockedPairs.size() == 8);
    for (std::size_t pair = 16; pair < 24; ++pair)
        CHECK(search().factors[pair] == start[pair]);
    REQUIRE(search().last);
    for (std::size_t pair = 16; pair < 24; ++pair)
        CHECK(search().last->candidate.factors[pair] == start[pair]);

    const int sets = bench.sets().count();
    window->search().takeOver();
    REQUIRE(bench.sets().count() == sets + 1);
    CHECK(bench.currentSet()->set.factors == search().last->candidate.factors);
    CHECK(bench.currentSet()->measurements.empty()); // the score is of one window; a probe measures

    // Looking back is not work that the list or the log keeps.
    for (const int evaluation : {1, 2, 3})
        window->search().goTo(evaluation);
    REQUIRE(QTest::qWaitFor([this] { return search().shown == 3; }, patience));
    const auto looks = [this] {
        int count = 0;
        for (int row = 0; row < window->jobs().rowCount(); ++row)
            count += window->jobs().at(row)->kind() == JobKind::look;
        return count;
    };
    CHECK(QTest::qWaitFor([&] { return looks() == 0; }, patience));

    window->search().branch();
    REQUIRE(idle());
    REQUIRE(search().branches.size() == 2);
    const QString main = search().others.front().name;
    CHECK(search().scored.size() == 3);
    window->search().apply(SkipSegment{});
    REQUIRE(idle());
    const auto skipped = search().factors;
    window->search().switchTo(main);
    REQUIRE(idle());
    CHECK(search().branch == main);
    CHECK(search().scored.size() > 3);
    CHECK(search().factors != skipped);
}

TEST_CASE_METHOD(StudyFixture, "A search that ends is compared on text that it did not see, and keeps the answer") {
    openDemo();
    Bench& bench = window->bench();
    // All pairs but two: four candidates' worth of search.
    std::vector<bool> locks(32, true);
    locks[30] = locks[31] = false;
    bench.sets().setLocks(locks);
    window->search().step(SearchStep::end);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().phase == SearchPhase::finished);
    REQUIRE(search().verdict);
    REQUIRE(search().verdict->unseen);
    CHECK(search().verdict->unseen->windows > 1);
    CHECK(std::isfinite(search().verdict->unseen->difference));
    CHECK(search().verdict->unseen->standardError > 0);
    CHECK(search().verdict->found <= search().verdict->initial);
    const double difference = search().verdict->unseen->difference;
    CHECK(std::log(search().verdict->unseen->found / search().verdict->unseen->initial) == Approx(difference));

    const QString path = window->search().studyPath();
    window->search().closeStudy();
    REQUIRE(idle());
    window->opener().openStudy(path);
    REQUIRE(idle());
    REQUIRE(search().verdict);
    CHECK(search().verdict->unseen->difference == Approx(difference));
}
