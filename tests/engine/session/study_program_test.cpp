// The program with studies: sources that changed or moved, searches that find nothing, probes that are kept.
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/study/study.h"
#include "tests/engine/session/program.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;
using test::run;

namespace {

using Words = std::vector<std::string>;

// Waits until the study holds what a test wants to see.
bool waitFor(const std::filesystem::path& study, const std::function<bool(const StudyContents&)>& seen) {
    for (int patience = 0; patience < 6000; ++patience) {
        const auto contents = readStudy(study);
        if (contents && seen(*contents))
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

bool says(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

std::size_t landscapePoints(const StudyContents& contents) {
    return contents.probes.empty() ? 0 : std::get<LandscapeProbe>(contents.probes[0].result).report.points.size();
}

} // namespace

TEST_CASE("resume refuses a model or text that changed and takes one that moved") {
    const test::TemporaryFolder folder;
    const std::string base = folder.path().string() + "/";
    std::filesystem::copy(std::string(ROPESCOPE_RESOURCES) + "/demo/model", base + "model",
                          std::filesystem::copy_options::recursive);
    std::string text;
    for (int line = 0; line < 60; ++line)
        text += "And the sons of number " + std::to_string(line) + " went up into the mountain. ";
    std::ofstream(base + "text.txt") << text;
    const std::string study = base + "a.ropescope";
    const int process = test::start({"search", base + "model", "--text", base + "text.txt", "--target", "64",
                                     "--increments", "2", "--threads", "1", "--study", study});
    REQUIRE(waitFor(study, [](const StudyContents& contents) { return contents.events.size() >= 5; }));
    ::kill(process, SIGKILL);
    test::wait(process);
    const auto kept = readStudy(study)->events.size();

    std::filesystem::rename(base + "text.txt", base + "moved.txt");
    std::ofstream(base + "text.txt") << text << "One more sentence.";
    auto finished = run(folder.path(), {"resume", study});
    CHECK(finished.code == 3);
    CHECK(says(finished.messages, "the text of study"));
    CHECK(says(finished.messages, "changed since the search began"));

    std::filesystem::rename(base + "model", base + "new");
    CHECK(run(folder.path(), {"resume", study, "--text", base + "moved.txt"}).code == 3);
    std::filesystem::copy(base + "new", base + "other", std::filesystem::copy_options::recursive);
    for (const auto& file : std::filesystem::directory_iterator(base + "other"))
        if (file.path().extension() == ".safetensors") {
            std::fstream weights(file.path(), std::ios::binary | std::ios::in | std::ios::out);
            weights.seekp(-1, std::ios::end);
            weights.put('\1');
        }
    finished = run(folder.path(), {"resume", study, "--model", base + "other", "--text", base + "moved.txt"});
    CHECK(finished.code == 3);
    CHECK(says(finished.messages, "the model of study"));
    CHECK(readStudy(study)->events.size() == kept);

    finished =
        run(folder.path(), {"resume", study, "--model", base + "new", "--text", base + "moved.txt", "--threads", "1"});
    INFO(finished.messages);
    CHECK(finished.code == 0);
    const auto contents = readStudy(study);
    CHECK(contents->model->path == base + "new");
    CHECK(contents->text->path == base + "moved.txt");
    CHECK(contents->events.size() > kept);
    CHECK(contents->reports.count("main") == 1);

    const auto shown = json::parse(run(folder.path(), {"study", study, "--json"}).output);
    CHECK(shown.at("method") == "dcis");
    CHECK(shown.at("settings").at("target_length") == 64);
    CHECK(shown.at("settings").at("increments") == 2);
    CHECK(shown.at("evaluations") == contents->events.size());
    CHECK(shown.at("best").at("perplexity").is_number());
    CHECK(shown.at("best").at("factors").size() == 32);
    REQUIRE(shown.at("branches").size() == 1);
    CHECK(shown.at("branches")[0].at("name") == "main");
    CHECK(shown.at("branches")[0].at("finished") == true);
    CHECK(shown.at("model").at("path") == base + "new");
    CHECK(shown.at("factor_sets").empty());
    CHECK(shown.at("probes").empty());

    // What it found serves a probe of the same model.
    finished = run(folder.path(), {"perplexity", base + "new", "--text", base + "moved.txt", "--lengths", "64",
                                   "--factors", study, "--study", study, "--json"});
    INFO(finished.messages);
    REQUIRE(finished.code == 0);
    const auto result = json::parse(finished.output).at("results")[0];
    const auto report = json::parse(contents->reports.at("main"));
    CHECK(result.at("factor_values") == report.at("factors"));
    CHECK(result.at("attention_factor") == report.at("attention_factor"));
    CHECK(result.at("perplexity").get<double>() == Approx(report.at("perplexity").get<double>()).epsilon(1e-4));
    CHECK(readStudy(study)->probes.size() == 1);
    CHECK(readStudy(study)->events.size() == contents->events.size());
}

TEST_CASE("a bound below every perplexity is warned of, and the search says that it found nothing") {
    const test::TemporaryFolder folder;
    const auto finished = run(folder.path(), {"search", "demo", "--text", "demo", "--target", "64", "--increments", "2",
                                              "--mode", "published", "--max-perplexity", "1", "--threads", "1",
                                              "--study", (folder.path() / "a.ropescope").string()});
    CHECK(finished.code == 1);
    CHECK(says(finished.messages, "only candidates below 1 are valid"));
    CHECK(says(finished.messages, "no candidate was valid: the lowest perplexity seen is"));
    CHECK(finished.output.empty());
}

TEST_CASE("a landscape killed or interrupted goes on where it was") {
    const int signal = GENERATE(SIGKILL, SIGINT);
    const test::TemporaryFolder folder;
    const std::string study = (folder.path() / "a.ropescope").string();
    const auto messages = folder.path() / "interrupted";
    const Words words{"landscape", "demo", "--text",   "demo", "--length",  "512", "--pairs", "20-31",
                      "--range",   "1,8",  "--points", "33",   "--threads", "1",   "--study", study};
    const int process = test::start(words, "/dev/null", messages);
    REQUIRE(waitFor(study, [](const StudyContents& contents) { return landscapePoints(contents) >= 3; }));
    ::kill(process, signal);
    ::kill(process, signal); // as GNU timeout does: to the process and to its group
    CHECK(test::wait(process) == (signal == SIGKILL ? -1 : 130));
    if (signal == SIGINT)
        CHECK(says(test::textOf(messages), "kept in the study"));
    const auto kept = static_cast<int>(landscapePoints(readStudy(study).value()));
    CHECK(kept >= 3);
    CHECK(kept < 33);

    Words again = words;
    again.push_back("--json");
    const auto finished = run(folder.path(), again);
    INFO(finished.messages);
    REQUIRE(finished.code == 0);
    const auto report = json::parse(finished.output);
    CHECK(report.at("points").size() == 33);
    CHECK(report.at("evaluated") == 33 - kept);
    const auto shown = json::parse(run(folder.path(), {"study", study, "--json"}).output);
    REQUIRE(shown.at("probes").size() == 1);
    CHECK(shown.at("probes")[0].at("kind") == "landscape");
    CHECK(shown.at("probes")[0].at("finished") == true);
    CHECK(shown.at("probes")[0].at("points") == report.at("points"));
}

TEST_CASE("probes are kept in a study of their model and text, and shown") {
    const test::TemporaryFolder folder;
    const std::string study = (folder.path() / "a.ropescope").string();
    const auto measure = [&](Words words) {
        for (const char* word : {"--threads", "1", "--study"})
            words.emplace_back(word);
        words.push_back(study);
        const auto finished = run(folder.path(), words);
        INFO(finished.messages);
        return finished.code;
    };
    CHECK(measure({"perplexity", "demo", "--text", "demo", "--lengths", "32,64", "--factors", "none"}) == 0);
    CHECK(measure({"compare", "demo", "--text", "demo", "--length", "64", "--windows", "3", "--factors", "none",
                   "--factors", "yarn:2"}) == 0);
    CHECK(measure({"sensitivity", "demo", "--text", "demo", "--length", "64"}) == 0);
    CHECK(measure({"passkey", "demo", "--lengths", "128", "--depths", "0.5", "--trials", "1"}) == 0);
    const std::string other = (folder.path() / "other.txt").string();
    std::ofstream(other) << std::string(2000, 'a');
    CHECK(measure({"perplexity", "demo", "--text", other, "--lengths", "32"}) == 3);

    const auto shown = json::parse(run(folder.path(), {"study", study, "--json"}).output);
    CHECK(shown.at("method").is_null());
    CHECK(shown.at("text").at("path") == "demo");
    REQUIRE(shown.at("probes").size() == 4);
    CHECK(shown.at("probes")[0].at("results").size() == 2);
    CHECK(shown.at("probes")[1].at("comparisons")[0].at("b").get<std::string>().find("yarn") == 0);
    CHECK(shown.at("probes")[2].at("gradient").size() == 32);
    CHECK(shown.at("probes")[3].at("cells")[0].at("trials") == 1);
    const auto contents = readStudy(study);
    const auto& nlls = std::get<PerplexityProbe>(contents->probes[0].result).results[1].tokenNll;
    REQUIRE(nlls.size() == 1);
    CHECK(nlls[0].size() == 63);
    const std::string text = run(folder.path(), {"study", study}).output;
    for (const char* part : {"none yet", "1 perplexity", "2 compare", "3 sensitivity", "4 passkey"})
        CHECK(says(text, part));
}
