// The program itself on the bundled model: killed, interrupted, resumed.
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "engine/study/study.h"
#include "tests/engine/session/program.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using test::start;
using test::wait;

namespace {

std::vector<std::string> searchWords(const std::filesystem::path& study) {
    return {"search",           "demo", "--text",       "demo", "--target", "64",
            "--init",           "none", "--increments", "2",    "--mode",   "published",
            "--unseen-windows", "2",    "--threads",    "1",    "--study",  study.string()};
}

std::string reportOf(const std::filesystem::path& study) {
    const auto contents = readStudy(study);
    REQUIRE(contents);
    REQUIRE(contents->reports.count("main") == 1);
    const std::string& report = contents->reports.at("main");
    // All but the seconds, which differ from run to run.
    const std::size_t seconds = report.find("\"seconds\"");
    return report.substr(0, seconds) + report.substr(report.find(',', seconds));
}

} // namespace

TEST_CASE("kill -9 or SIGINT in the middle of a search, then resume, ends where an uninterrupted search ends") {
    const test::TemporaryFolder folder;
    const auto whole = folder.path() / "whole.ropescope";
    REQUIRE(wait(start(searchWords(whole))) == 0);
    CHECK(wait(start(searchWords(whole))) == 2); // never overwritten

    for (const int signal : {SIGKILL, SIGINT}) {
        const auto path = folder.path() / (std::to_string(signal) + ".ropescope");
        const int process = start(searchWords(path));
        for (int patience = 0; patience < 6000; ++patience) {
            const auto contents = readStudy(path);
            if (contents && contents->events.size() >= 10)
                break;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        ::kill(process, signal);
        const int code = wait(process);
        CHECK(code == (signal == SIGKILL ? -1 : 130));
        const auto kept = readStudy(path);
        REQUIRE(kept);
        CHECK(kept->events.size() >= 10);
        CHECK(kept->reports.empty());
        REQUIRE(wait(start({"resume", path.string(), "--threads", "1"})) == 0);
        CHECK(reportOf(path) == reportOf(whole));
    }
}
