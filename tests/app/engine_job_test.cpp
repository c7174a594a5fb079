#include "app/window/engine_job.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <QSignalSpy>
#include <QTest>

#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"

using namespace ropescope;

namespace {

using test::patience;

// Runs until it is told to stop; says so.
Outcome<int> untilStopped(const RunControl& control) {
    while (!control.stopRequested())
        std::this_thread::yield();
    return Cancelled{};
}

void await(EngineJob& job) {
    QSignalSpy finished(&job, &EngineJob::finished);
    job.start();
    REQUIRE((finished.count() == 1 || finished.wait(patience)));
}

} // namespace

TEST_CASE("A job hands over everything it posted, in order, then its report, then says that it finished") {
    std::vector<int> received;
    EngineJob job(QStringLiteral("count"),
                  typedWork<int>(
                      [&received](const RunControl&, const JobChannel& channel) -> Outcome<int> {
                          for (int i = 0; i < 1000; ++i)
                              channel.post([&received, i] { received.push_back(i); });
                          return 1000;
                      },
                      [&received](const int& report) { received.push_back(report); }));
    std::size_t atFinish = 0;
    QObject::connect(&job, &EngineJob::finished, &job, [&] { atFinish = received.size(); });
    await(job);
    REQUIRE(received.size() == 1001);
    CHECK(atFinish == 1001);
    CHECK(std::is_sorted(received.begin(), received.end()));
    CHECK(job.state() == EngineJob::State::done);
}

TEST_CASE("Progress never falls, never passes its total, and the last report arrives") {
    EngineJob job(QStringLiteral("progress"),
                  typedWork<int>(
                      [](const RunControl& control, const JobChannel&) -> Outcome<int> {
                          for (int i = 0; i <= 20'000; ++i)
                              control.report({"counting", static_cast<double>(i), 20'000, "steps"});
                          return 1;
                      },
                      [](const int&) {}));
    double last = 0;
    int reports = 0;
    bool sound = true;
    QObject::connect(&job, &EngineJob::progressChanged, &job, [&] {
        sound = sound && job.progress().done >= last && job.progress().done <= job.progress().total;
        last = job.progress().done;
        ++reports;
    });
    await(job);
    CHECK(sound);
    CHECK(last == 20'000);
    CHECK(reports < 5000); // throttled: not one signal a report
}

TEST_CASE("Cancelled, failed and thrown work are three different ends") {
    SECTION("cancelled keeps what was posted") {
        std::atomic<bool> posted = false;
        int received = 0;
        EngineJob job(QStringLiteral("cancel"),
                      typedWork<int>(
                          [&](const RunControl& control, const JobChannel& channel) -> Outcome<int> {
                              channel.post([&received] { ++received; });
                              posted = true;
                              return untilStopped(control);
                          },
                          [](const int&) {}));
        QSignalSpy finished(&job, &EngineJob::finished);
        job.start();
        while (!posted)
            std::this_thread::yield();
        job.cancel();
        CHECK(job.stopping());
        REQUIRE(finished.wait(patience));
        CHECK(job.state() == EngineJob::State::cancelled);
        CHECK(received == 1);
    }
    SECTION("failed has the engine's message") {
        EngineJob job(
            QStringLiteral("fail"),
            typedWork<int>([](const RunControl&, const JobChannel&) -> Outcome<int> { return failure("no such file"); },
                           [](const int&) { FAIL("a failed job has no report"); }));
        await(job);
        CHECK(job.state() == EngineJob::State::failed);
        CHECK(job.message() == QStringLiteral("no such file"));
    }
    SECTION("an exception is a failure, not the end of the program") {
        EngineJob job(QStringLiteral("throw"),
                      typedWork<int>(
                          [](const RunControl&, const JobChannel&) -> Outcome<int> { throw std::runtime_error("odd"); },
                          [](const int&) {}));
        await(job);
        CHECK(job.state() == EngineJob::State::failed);
        CHECK(job.message() == QStringLiteral("odd"));
    }
    SECTION("one that waits is cancelled at once") {
        EngineJob job(QStringLiteral("waiting"),
                      [](const RunControl&, const JobChannel&) -> JobEnd { return Cancelled{}; });
        QSignalSpy finished(&job, &EngineJob::finished);
        job.cancel();
        CHECK(finished.count() == 1);
        CHECK(job.state() == EngineJob::State::cancelled);
    }
}

TEST_CASE("A job destroyed while it runs is stopped and waited for") {
    std::atomic<bool> running = false;
    std::atomic<bool> ended = false;
    {
        EngineJob job(QStringLiteral("destroyed"),
                      typedWork<int>(
                          [&](const RunControl& control, const JobChannel&) -> Outcome<int> {
                              running = true;
                              auto outcome = untilStopped(control);
                              ended = true;
                              return outcome;
                          },
                          [](const int&) {}));
        job.start();
        while (!running)
            std::this_thread::yield();
    }
    CHECK(ended);
}

TEST_CASE("A job says once that it finished, however long its thread takes to go") {
    // What the work holds goes when its thread does, here long after the result is there.
    struct SlowToGo {
        ~SlowToGo() { std::this_thread::sleep_for(std::chrono::milliseconds(30)); }
    };
    EngineJob job(QStringLiteral("slow to go"), [held = SlowToGo()](const RunControl&, const JobChannel&) -> JobEnd {
        static_cast<void>(held);
        return std::function<void()>();
    });
    QSignalSpy finished(&job, &EngineJob::finished);
    job.start();
    REQUIRE(QTest::qWaitFor([&] { return finished.count() > 0; }, patience));
    QTest::qWait(100);
    CHECK(finished.count() == 1);
    CHECK(job.state() == EngineJob::State::done);
}
