#include "app/window/job_queue.h"

#include <atomic>
#include <thread>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"

using namespace ropescope;

namespace {

using test::patience;

JobWork succeeding() {
    return typedWork<int>([](const RunControl&, const JobChannel&) -> Outcome<int> { return 1; }, [](const int&) {});
}
JobWork blocking() {
    return typedWork<int>(
        [](const RunControl& control, const JobChannel&) -> Outcome<int> {
            while (!control.stopRequested())
                std::this_thread::yield();
            return Cancelled{};
        },
        [](const int&) {});
}

} // namespace

TEST_CASE("One job runs at a time, the others wait their turn, and the model stays sound") {
    test::QtWarnings warnings;
    JobQueue queue;
    const QAbstractItemModelTester tester(&queue, QAbstractItemModelTester::FailureReportingMode::Warning);
    std::atomic<int> together = 0;
    std::atomic<int> most = 0;
    for (int i = 0; i < 60; ++i)
        queue.add(QStringLiteral("job %1").arg(i), [&](const RunControl&, const JobChannel&) -> JobEnd {
            most = std::max(most.load(), ++together);
            --together;
            return std::function<void()>();
        });
    QSignalSpy idle(&queue, &JobQueue::idle);
    while (idle.count() == 0)
        REQUIRE(idle.wait(patience));
    CHECK(most == 1);
    CHECK(queue.running() == nullptr);
    QCoreApplication::processEvents();
    CHECK(queue.rowCount() == 50); // older ends are dropped
    CHECK(warnings.all() == QStringList());
}

TEST_CASE("Cancelling everything starts nothing new") {
    JobQueue queue;
    EngineJob* first = queue.add(QStringLiteral("first"), blocking());
    EngineJob* second = queue.add(QStringLiteral("second"), succeeding());
    CHECK(queue.waiting() == 1);
    QSignalSpy idle(&queue, &JobQueue::idle);
    queue.cancelAll();
    while (queue.running())
        REQUIRE(idle.wait(patience));
    CHECK(first->state() == EngineJob::State::cancelled);
    CHECK(second->state() == EngineJob::State::cancelled);
}

TEST_CASE("Jobs that need nothing in common run side by side, those that do in the order of asking") {
    JobQueue queue;
    const QString one = QStringLiteral("one.ropescope");
    const QString other = QStringLiteral("other.ropescope");
    EngineJob* probe = queue.add(QStringLiteral("probe"), blocking(), JobKind::work, {true, one});
    EngineJob* next = queue.add(QStringLiteral("next probe"), blocking(), JobKind::work, {true, other});
    EngineJob* look = queue.add(QStringLiteral("look"), succeeding(), JobKind::look, {false, other});
    EngineJob* open = queue.add(QStringLiteral("open"), blocking(), JobKind::work, {false, QStringLiteral("third")});
    CHECK(probe->state() == EngineJob::State::running);
    CHECK(next->state() == EngineJob::State::waiting);
    CHECK(look->state() == EngineJob::State::waiting); // the file was asked for earlier
    CHECK(open->state() == EngineJob::State::running);
    CHECK(queue.running() == probe);
    CHECK(queue.needed(other));
    CHECK_FALSE(queue.needed(QStringLiteral("fourth")));

    QSignalSpy ended(&queue, &JobQueue::jobEnded);
    probe->cancel();
    while (ended.isEmpty())
        REQUIRE(ended.wait(patience));
    CHECK(next->state() == EngineJob::State::running);
    CHECK(look->state() == EngineJob::State::waiting);
    CHECK_FALSE(queue.needed(one));
    queue.cancelAll();
}

TEST_CASE("What keeps something is not cancelled with the rest") {
    JobQueue queue;
    const QString file = QStringLiteral("study.ropescope");
    queue.add(QStringLiteral("probe"), blocking(), JobKind::work, {true, file});
    bool kept = false;
    queue.add<int>(
        QStringLiteral("keep"), [](const RunControl&, const JobChannel&) -> Outcome<int> { return 1; },
        [&kept](const int&) { kept = true; }, JobKind::keep, {false, file});
    QSignalSpy idle(&queue, &JobQueue::idle);
    queue.cancelAll();
    while (idle.isEmpty())
        REQUIRE(idle.wait(patience));
    CHECK(kept);
}

TEST_CASE("A failure is told with its title, and the queue goes on") {
    JobQueue queue;
    QSignalSpy failures(&queue, &JobQueue::jobFailed);
    QSignalSpy idle(&queue, &JobQueue::idle);
    queue.add(QStringLiteral("load"),
              [](const RunControl&, const JobChannel&) -> JobEnd { return failure("out of memory"); });
    EngineJob* next = queue.add(QStringLiteral("next"), succeeding());
    while (next->state() != EngineJob::State::done)
        REQUIRE(idle.wait(patience));
    REQUIRE(failures.count() == 1);
    CHECK(failures.first().at(0).toString() == QStringLiteral("load"));
    CHECK(failures.first().at(1).toString() == QStringLiteral("out of memory"));
}

TEST_CASE("A queue destroyed while a job runs waits for it") {
    JobQueue queue;
    queue.add(QStringLiteral("running"), blocking());
    queue.add(QStringLiteral("waiting"), blocking());
    CHECK(queue.running() != nullptr);
}
