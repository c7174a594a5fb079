// Studies in the window: opened in the background, refused with a message, resumed only on what they were begun with;
// locks, branches and take-over on a real search.
#include <cmath>
#include <filesystem>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/model_setup.h"
#include "app/window/probe_controller.h"
#include "app/window/search_controller.h"
#include "app/window/source_finder.h"
#include "app/window/study_opener.h"
#include "engine/base/resources.h"
#include "engine/study/study.h"
#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"
#include "views/pages/export_page.h"
#include "views/widgets/factor_set_editor.h"

using namespace ropescope;

namespace {

using test::patience;
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

TEST_CASE_METHOD(StudyFixture, "Sets made before anything was measured are there at the next start") {
    openDemo();
    Bench& bench = window->bench();
    CHECK(window->search().studyPath().isEmpty());
    FactorSetEntry own = bench.sets().entries().front();
    own.id = bench.sets().newId();
    own.name = QStringLiteral("by hand");
    own.origin = SetOrigin::edited;
    own.method.clear();
    own.set.factors[20] = 1.25;
    FactorSetEditor(bench.sets(), bench.selection()).add(own);
    const QString text = ownText(0);
    window->openText(text);
    window->close();
    REQUIRE(idle());
    CHECK(QFileInfo::exists(window->search().studyPath()));

    newWindow();
    window->opener().openLast(folder.path());
    REQUIRE(idle());
    const Setup& setup = window->bench().setup().setup();
    CHECK(setup.modelPath == QStringLiteral("demo"));
    CHECK(setup.textPath == text);
    CHECK(setup.targetLength == target);
    REQUIRE(window->bench().sets().count() == 6);
    const FactorSetEntry again = window->bench().sets().entries().back();
    CHECK(again.name == own.name);
    CHECK(again.set.factors == own.set.factors);
    CHECK(window->bench().selection().set() == again.id);
    CHECK(message().contains(QStringLiteral("where you left off")));
    CHECK_FALSE(message().contains(QStringLiteral("Space")));

    // No numbers yet: another text stays in the same study, until something is measured on it.
    const QString path = window->search().studyPath();
    window->openText(QStringLiteral("demo"));
    CHECK(window->search().studyPath() == path);
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().scored.size() == 1);
    CHECK(window->search().studyPath() == path);
    window->openText(text);
    CHECK(window->search().studyPath() != path);
    const auto contents = readStudy(path.toStdString());
    REQUIRE(contents);
    CHECK(contents->factorSets.back().name == "by hand");
}

TEST_CASE_METHOD(StudyFixture,
                 "Sets that can't be written are tried again after the next change, and the window closes") {
    const QString blocked = ownText(0); // a file where a folder is to be
    window->search().setStudyFolder(blocked + QStringLiteral("/studies"));
    openDemo();
    window->show();
    const auto change = [this](double factor) {
        Bench& bench = window->bench();
        FactorSetEntry own = bench.sets().entries().front();
        own.id = bench.sets().newId();
        own.origin = SetOrigin::edited;
        own.method.clear();
        own.set.factors[20] = factor;
        FactorSetEditor(bench.sets(), bench.selection()).add(own);
    };
    int failures = 0;
    QObject::connect(&window->jobs(), &JobQueue::jobFailed, window.get(), [&failures] { ++failures; });
    change(1.25);
    REQUIRE(QTest::qWaitFor([&failures] { return failures > 0; }, patience));
    CHECK(window->search().studyPath().isEmpty());
    QTest::qWait(1500); // three times the pause before writing
    CHECK(failures == 1);
    for (const QString& path : QSettings().value(QStringLiteral("studies/recent")).toStringList())
        CHECK_FALSE(path.startsWith(blocked));

    window->search().setStudyFolder(folder.path());
    change(1.5);
    REQUIRE(QTest::qWaitFor([this] { return !window->search().studyPath().isEmpty(); }, patience));
    REQUIRE(idle());
    const auto contents = readStudy(window->search().studyPath().toStdString());
    REQUIRE(contents);
    CHECK(contents->factorSets.size() == static_cast<std::size_t>(window->bench().sets().count()));

    newWindow();
    window->search().setStudyFolder(blocked + QStringLiteral("/studies"));
    openDemo();
    window->show();
    change(1.25);
    window->close();
    CHECK(QTest::qWaitFor([this] { return !window->isVisible(); }, patience));
}

TEST_CASE("The target length of numbers goes before the one that sets were made at") {
    auto setup = setupForModel(QStringLiteral("demo"));
    REQUIRE(setup);
    setup->targetLength = 512;
    StudyContents contents;
    contents.viewState[setupViewState] = setupState(*setup);
    CHECK(setupOfStudy(contents, {})->targetLength == 512);
    contents.viewState[targetLengthState] = "1024";
    CHECK(setupOfStudy(contents, {})->targetLength == 1024);
}

TEST_CASE_METHOD(StudyFixture, "A set changed just before another study is opened stays in the first") {
    openDemo();
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    const QString first = window->search().studyPath();
    window->opener().openModel(QStringLiteral("demo"));
    REQUIRE(idle());
    Bench& bench = window->bench();
    FactorSetEditor(bench.sets(), bench.selection()).duplicate(bench.sets().entries().front().id);
    window->opener().openStudy(first);
    REQUIRE(idle());
    CHECK(window->search().studyPath() == first);
    const QStringList studies = QDir(folder.path()).entryList({QStringLiteral("*.ropescope")}, QDir::Files, QDir::Name);
    REQUIRE(studies.size() == 2);
    const auto second = readStudy(folder.filePath(studies.back()).toStdString());
    REQUIRE(second);
    CHECK(second->factorSets.size() == 6);
    CHECK_FALSE(second->model);
}

TEST_CASE_METHOD(StudyFixture, "A model that was only looked at leaves no study behind") {
    openDemo();
    window->bench().setup().setDpropeThreshold(0.5);
    window->close();
    REQUIRE(idle());
    CHECK(window->search().studyPath().isEmpty());
    CHECK(QDir(folder.path()).entryList({QStringLiteral("*.ropescope")}, QDir::Files).isEmpty());
}

TEST_CASE_METHOD(StudyFixture, "A study opens while a probe of another is running") {
    openDemo();
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    const QString first = window->search().studyPath();
    window->opener().openModel(QStringLiteral("demo"));
    window->bench().setup().setTargetLength(target);
    // More than anyone waits for; ends by being cancelled.
    const SetId set = window->bench().sets().entries().front().id;
    window->findChild<ProbeController*>()->measure({{set}, {4096}, 1000});
    EngineJob* probe = window->jobs().running();
    REQUIRE(probe);
    window->opener().openStudy(first);
    REQUIRE(QTest::qWaitFor([this] { return search().scored.size() == 1; }, patience));
    CHECK(search().phase == SearchPhase::paused);
    CHECK(probe->state() == EngineJob::State::running);
    window->search().goTo(0);
    REQUIRE(QTest::qWaitFor([this] { return search().readOnly; }, patience));
    CHECK(probe->state() == EngineJob::State::running);
    probe->cancel();
    REQUIRE(idle());
    CHECK(search().scored.size() == 1);
}

TEST_CASE_METHOD(StudyFixture, "A text that was moved is found again, and no other is taken for it") {
    openDemo();
    const QString old = ownText(0);
    window->openText(old);
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    const QString path = window->search().studyPath();
    window->search().closeStudy();
    const QString moved = folder.filePath(QStringLiteral("moved.txt"));
    REQUIRE(QFile::rename(old, moved));

    newWindow();
    window->opener().openStudy(path);
    REQUIRE(idle());
    auto* notice = window->findChild<QWidget*>(QStringLiteral("sourceNotice"));
    auto* said = window->findChild<QLabel*>(QStringLiteral("missingText"));
    auto* problem = window->findChild<QLabel*>(QStringLiteral("sourceProblem"));
    auto* finder = window->findChild<SourceFinder*>();
    CHECK_FALSE(notice->isHidden());
    CHECK(said->text().contains(old));
    CHECK(window->findChild<QWidget*>(QStringLiteral("missingModel"))->parentWidget()->isHidden());

    finder->foundText(QString::fromStdString(textPath("demo").string()));
    REQUIRE(idle());
    CHECK(problem->text().contains(QStringLiteral("another text")));
    CHECK(window->bench().setup().setup().textPath == old);
    CHECK_FALSE(notice->isHidden());

    finder->foundText(moved);
    REQUIRE(QTest::qWaitFor([&] { return window->bench().setup().setup().textPath == moved; }, patience));
    REQUIRE(idle());
    CHECK(notice->isHidden());
    CHECK(search().scored.size() == 1);
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().scored.size() == 2);
    const auto contents = readStudy(path.toStdString());
    REQUIRE(contents);
    CHECK(contents->text->path == moved.toStdString());
}

TEST_CASE_METHOD(StudyFixture, "A model that was moved is found again, and no other is taken for it") {
    namespace fs = std::filesystem;
    const fs::path old = fs::path(folder.path().toStdString()) / "old";
    const fs::path moved = fs::path(folder.path().toStdString()) / "moved";
    fs::copy(modelPath("demo"), old, fs::copy_options::recursive);
    window->opener().openModel(QString::fromStdString(old.string()));
    window->openText(QStringLiteral("demo"));
    window->bench().setup().setTargetLength(target);
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    REQUIRE(search().scored.size() == 1);
    const QString path = window->search().studyPath();
    window->search().closeStudy();
    fs::rename(old, moved);
    // The same weights with another base are another model.
    const fs::path other = fs::path(folder.path().toStdString()) / "other";
    fs::copy(moved, other, fs::copy_options::recursive);
    QFile config(QString::fromStdString((other / "config.json").string()));
    REQUIRE(config.open(QIODevice::ReadWrite));
    QByteArray text = config.readAll();
    REQUIRE(text.contains("10000"));
    text.replace("10000", "20000");
    config.resize(0);
    config.seek(0);
    config.write(text);
    config.close();

    newWindow();
    window->opener().openStudy(path);
    REQUIRE(idle());
    auto* notice = window->findChild<QWidget*>(QStringLiteral("sourceNotice"));
    auto* finder = window->findChild<SourceFinder*>();
    CHECK(window->findChild<QLabel*>(QStringLiteral("missingModel"))
              ->text()
              .contains(QString::fromStdString(old.string())));
    finder->foundModel(QString::fromStdString(other.string()));
    REQUIRE(idle());
    CHECK(
        window->findChild<QLabel*>(QStringLiteral("sourceProblem"))->text().contains(QStringLiteral("another model")));
    CHECK_FALSE(notice->isHidden());
    finder->foundModel(QString::fromStdString(moved.string()));
    REQUIRE(QTest::qWaitFor(
        [&] { return window->bench().setup().setup().modelPath == QString::fromStdString(moved.string()); }, patience));
    REQUIRE(idle());
    CHECK(notice->isHidden());
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    CHECK(search().message.isEmpty());
    CHECK(search().scored.size() == 2);
}

TEST_CASE_METHOD(StudyFixture, "A window that was killed is there again, with its search and its sets") {
    openDemo();
    window->search().step(SearchStep::candidate);
    REQUIRE(idle());
    Bench& bench = window->bench();
    FactorSetEditor(bench.sets(), bench.selection()).duplicate(bench.sets().entries().back().id);
    const int sets = bench.sets().count();
    const QString path = window->search().studyPath();
    const auto kept = [&] {
        const auto contents = readStudy(path.toStdString());
        return contents && static_cast<int>(contents->factorSets.size()) == sets - 1; // but the search's own
    };
    REQUIRE(QTest::qWaitFor(kept, patience));
    window.reset(); // without being closed

    newWindow();
    window->opener().openLast(folder.path());
    REQUIRE(idle());
    CHECK(window->search().studyPath() == path);
    CHECK(search().scored.size() == 1);
    CHECK(window->bench().sets().count() == sets);
    CHECK(message().contains(QStringLiteral("Space scores the next candidate")));
    window->showPage(window->findChild<ExportPage*>());
    window->close();
    REQUIRE(idle());
    newWindow();
    window->opener().openLast(folder.path());
    REQUIRE(idle());
    CHECK(message().contains(QStringLiteral("on the Dimensions page")));
}
