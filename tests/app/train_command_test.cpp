// Training from outside: names, keys and exit codes of the contract, and the first half of the walk search - train -
// measure again.
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

test::ProgramRun run(const std::string& arguments) {
    return test::runProgram(ROPESCOPE_PROGRAM, arguments);
}

std::string quoted(const std::filesystem::path& path) {
    std::string word = path.string();
    word.insert(word.begin(), '\'');
    word.push_back('\'');
    return word;
}

} // namespace

TEST_CASE("the train command fine-tunes the bundled model on factors and leaves a model") {
    const test::TemporaryFolder folder;
    const std::string settings = " --text demo --length 128 --factors yarn:4 --batch 2 --lr 1e-3 --warmup 1 --schedule "
                                 "linear --clip 1 --quiet --json";
    for (const std::string method : {"token", "lora:4", "patch:2,0.5"}) {
        INFO(method);
        const auto output = folder.path() / method;
        const auto cache = folder.path() / "kept.tokens";
        const std::string kept = method == "token" ? "" : " --token-cache " + quoted(cache);
        const auto trained =
            run("train demo --steps 4 --method " + method + " --output " + quoted(output) + settings + kept);
        REQUIRE(trained.exitCode == 0);
        const json report = json::parse(trained.output);
        CHECK(report.at("steps") == 4);
        // Patches of 2 read sequences of 256; a half of the tokens takes a third of the steps.
        CHECK(report.at("tokens") == (method[0] == 'p' ? 2 * (1 * 256 + 3 * 128) : 4 * 2 * 128));
        REQUIRE(report.at("losses").size() == 4);
        CHECK(report.at("first_loss") == report.at("losses")[0]);
        CHECK(report.at("last_loss") == report.at("losses")[3]);
        CHECK(report.at("tokens_per_second") > 0);
        CHECK(report.at("seconds") > 0);
        CHECK(report.at("output") == output.string());
        CHECK(report.at("estimate").at("tokens") == report.at("tokens"));
        CHECK(report.at("estimate").at("operations") > 0);
        const json model = json::parse(run("model " + quoted(output) + " --json").output);
        CHECK(model.at("rope_scaling").at("type") == "longrope");
        CHECK(model.at("max_positions") == 1024);
        CHECK(model.at("source_dtype") == "F32");
        CHECK(std::filesystem::exists(output / "tokenizer.json"));
        CHECK_FALSE(std::filesystem::exists(output.string() + ".tokens"));
        CHECK(std::filesystem::exists(cache) == !kept.empty());
    }
}

TEST_CASE("the train command says what a run would take without beginning it") {
    const test::TemporaryFolder folder;
    const auto output = folder.path() / "run";
    const std::string plan = "train demo --text demo --length 256 --batch 4 --steps 10 --output " + quoted(output);
    const auto asked = run(plan + " --estimate --json");
    REQUIRE(asked.exitCode == 0);
    const json estimate = json::parse(asked.output);
    CHECK(estimate.at("parameters") == 1771200);
    CHECK(estimate.at("trained_parameters") == 1771200);
    CHECK(estimate.at("tokens") == 10240);
    CHECK(estimate.at("seconds") > 0);
    CHECK(estimate.at("fits") == true);
    const json& memory = estimate.at("memory_bytes");
    CHECK(memory.at("optimizer") == 2 * memory.at("gradients").get<std::int64_t>());
    CHECK_FALSE(std::filesystem::exists(output));
}

TEST_CASE("a study keeps a run's steps and checkpoints, and the probes of these") {
    const test::TemporaryFolder folder;
    const auto output = folder.path() / "run";
    const std::string study = " --study " + quoted(folder.path() / "run.ropescope");
    const auto trained = run("train demo --text demo --length 64 --steps 5 --checkpoint-interval 2 --lr 1e-4 --quiet "
                             "--json --output " +
                             quoted(output) + study);
    REQUIRE(trained.exitCode == 0);
    const std::string probe = " --text demo --lengths 128 --quiet --json" + study;
    REQUIRE(run("perplexity demo" + probe).exitCode == 0);
    REQUIRE(run("perplexity " + quoted(output / "checkpoint-4") + probe).exitCode == 0);
    CHECK(run("perplexity " + quoted(folder.path() / "none") + probe).exitCode == 3);
    const json kept = json::parse(run("study " + quoted(folder.path() / "run.ropescope") + " --json").output);
    REQUIRE(kept.at("trainings").size() == 1);
    const json& training = kept.at("trainings")[0];
    CHECK(training.at("finished") == true);
    CHECK(training.at("steps_done") == 5);
    CHECK(training.at("curve").at("loss") == json::parse(trained.output).at("losses"));
    CHECK(training.at("curve").at("learning_rate")[4] == 1e-4);
    CHECK(training.at("plan").at("length") == 64);
    REQUIRE(training.at("checkpoints").size() == 3);
    CHECK(training.at("checkpoints")[2].at("path") == output.string());
    REQUIRE(kept.at("probes").size() == 2);
    CHECK_FALSE(kept.at("probes")[0].contains("checkpoint"));
    CHECK(kept.at("probes")[1].at("checkpoint").at("step") == 4);
}

TEST_CASE("the train command refuses bad requests with the contract's exit codes") {
    const test::TemporaryFolder folder;
    const std::string rest = " --output " + quoted(folder.path() / "run");
    const auto code = [&](const std::string& arguments) { return run("train " + arguments + rest).exitCode; };
    CHECK(code("demo --text demo --length 64") == 2);
    CHECK(code("--text demo --length 64 --steps 1") == 2);
    CHECK(code("demo --text demo --length 64 --steps 1 --method patch:3,0.5 --patch-length 64") == 2);
    CHECK(code("demo --text demo --length 64 --steps 1 --method cepe") == 2);
    CHECK(code("demo --text demo --length 64 --steps 1 --method cepe-decoder") == 2);
    CHECK(code("demo --text demo --length 64 --steps 1 --context 8") == 2);
    CHECK(code("demo --text demo --length 64 --steps 1 --recipe none") == 2);
    CHECK(code("demo --text demo --length 64 --steps 1 --targets q") == 2);
    CHECK(code("demo --text demo --length 100000000 --steps 1") == 2);
    CHECK(code("demo --text absent.txt --length 64 --steps 1") == 3);
    CHECK(code("absent --text demo --length 64 --steps 1") == 3);
    std::ofstream(folder.path() / "ids.json") << R"({"ids": [1, 2, 3, 1024, 5, 6, 7, 8]})";
    CHECK(code("demo --text " + quoted(folder.path() / "ids.json") + " --length 4 --steps 1") == 3);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "run"));
}
