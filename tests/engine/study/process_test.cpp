// Studies and other processes: one writer, any reader, kill -9.
#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/engine/study/sample_study.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

// A child process that runs `work(report)`, where report(n) sends a number to next(); ended by kill -9.
class Child {
public:
    template <class Work>
    explicit Child(const Work& work) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        m_process = ::fork();
        if (m_process == 0) {
            ::close(ends[0]);
            work([&](int number) { return ::write(ends[1], &number, sizeof number) == sizeof number; });
            ::_exit(0);
        }
        ::close(ends[1]);
        m_read = ends[0];
    }
    ~Child() {
        kill();
        ::close(m_read);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // The child's next number; -1 when it has ended.
    int next() {
        int number = -1;
        return ::read(m_read, &number, sizeof number) == sizeof number ? number : -1;
    }
    void kill() {
        if (m_process > 0) {
            ::kill(m_process, SIGKILL);
            ::waitpid(m_process, nullptr, 0);
        }
        m_process = 0;
    }
    [[nodiscard]] int id() const { return m_process; }

private:
    int m_process = 0;
    int m_read = -1;
};

} // namespace

TEST_CASE("a second writer is refused with the first one's process id, readers are not") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    test::writeSample(path, 3);
    Child child([&](const auto& report) {
        const auto study = Study::open(path);
        report(study ? 1 : 0);
        ::pause();
    });
    REQUIRE(child.next() == 1);
    const auto second = Study::open(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::failed);
    CHECK(second.error().message.find("process " + std::to_string(child.id())) != std::string::npos);
    CHECK_FALSE(Study::openOrCreate(path));
    std::filesystem::create_symlink(path, folder.path() / "other name");
    CHECK_FALSE(Study::open(folder.path() / "other name"));
    CHECK(readStudy(path)->events.size() == 3);

    child.kill();
    CHECK(Study::open(path));
    CHECK_FALSE(std::filesystem::exists(path.string() + "-lock"));
}

TEST_CASE("the same process is refused too") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    test::writeSample(path, 1);
    auto first = Study::open(path);
    REQUIRE(first);
    CHECK_FALSE(Study::open(path));
    const Study moved = std::move(*first);
    CHECK_FALSE(Study::open(path));
}

TEST_CASE("kill -9 loses at most the evaluation under way") {
    const test::TemporaryFolder folder;
    for (int round = 0; round < 8; ++round) {
        const auto path = folder.path() / (std::to_string(round) + ".ropescope");
        const StudySearch search = test::sampleSearch(16);
        Child child([&](const auto& report) {
            auto study = Study::openOrCreate(path);
            if (!study || !study->beginSearch(test::sampleModel, test::sampleText, search))
                return;
            SearchRun run = test::startRun(search);
            for (int count = 1; !run.finished(); ++count) {
                const Study::NewEvent event = test::nextEvent(run);
                if (!study->append(firstBranch, {&event, 1}) || !report(count))
                    return;
            }
            ::pause();
        });
        int acknowledged = 0;
        while (acknowledged < 3 + 4 * round)
            acknowledged = child.next();
        child.kill();
        for (int more = child.next(); more > 0; more = child.next())
            acknowledged = more; // it went on until the signal came

        auto study = Study::open(path);
        REQUIRE(study);
        const auto kept = static_cast<int>(study->contents().events.size());
        CHECK(kept >= acknowledged);
        CHECK(kept <= acknowledged + 1);

        // Going on ends where an uninterrupted search ends.
        std::vector<SearchEvent> events;
        for (const StudyEvent* event : study->contents().pathTo(study->contents().branch(firstBranch)->head))
            events.push_back(searchEvent(*event));
        auto resumed = SearchRun::resume(study->contents().search->settings, events, std::make_shared<ScoreMemo>());
        REQUIRE(resumed);
        SearchRun whole = test::startRun(search);
        while (!resumed->finished())
            test::nextEvent(*resumed);
        while (!whole.finished())
            test::nextEvent(whole);
        CHECK(resumed->method().current() == whole.method().current());
    }
}
