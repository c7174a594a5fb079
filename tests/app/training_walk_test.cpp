// The whole way with the real program on the bundled model: search factors at four times its trained length, fine-tune
// on them, measure before and after, load the result again.
#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

json run(const std::string& arguments) {
    const auto ran = test::runProgram(ROPESCOPE_PROGRAM, arguments + " --dtype fp32 --quiet --json");
    INFO(arguments);
    INFO(ran.messages);
    REQUIRE(ran.exitCode == 0);
    return json::parse(ran.output);
}

std::string quoted(const std::filesystem::path& path) {
    std::string word = path.string();
    word.insert(word.begin(), '\'');
    word.push_back('\'');
    return word;
}

// Mean NLL of the first windows of the unseen text, by length.
double nllOf(const std::string& model, int length, const std::string& factors = "") {
    const json report = run("perplexity " + model + " --text demo --lengths " + std::to_string(length) + factors);
    return report.at("results")[0].at("nll");
}

int keysFound(const std::string& model, const std::string& factors = "") {
    const json report = run("passkey " + model + " --lengths 256 --depths 0.2,0.8 --trials 2 --keys 1,50000" + factors);
    int found = 0;
    for (const json& cell : report.at("cells"))
        found += cell.at("correct").get<int>();
    return found;
}

} // namespace

TEST_CASE("search, fine-tune, measure, export, load again") {
    const test::TemporaryFolder folder;
    const auto factors = folder.path() / "factors.json";
    const std::string text = " --text " + quoted(std::filesystem::path(ROPESCOPE_RESOURCES) / "demo/heldout_kjv.txt");
    const json search = run("search demo --target 1024 --method gradient --evaluations 6 --unseen-windows 1 --study " +
                            quoted(folder.path() / "walk.ropescope") + " --output " + quoted(factors) + text);
    CHECK(search.at("perplexity") <= search.at("initial_perplexity"));

    const std::string searched = " --factors " + quoted(factors);
    const double plain = nllOf("demo", 1024, " --factors none");
    const double before = nllOf("demo", 1024, searched);
    CHECK(before < plain - 0.2);
    CHECK(keysFound("demo", " --factors none") == 4);

    for (const std::string method : {"lora:8", "token"}) {
        INFO(method);
        const auto output = folder.path() / method;
        const std::string rate = method == "token" ? "2e-4" : "1e-3";
        const json trained = run("train demo --length 1024 --steps 8 --warmup 1 --clip 1 --method " + method +
                                 " --lr " + rate + " --output " + quoted(output) + searched + text);
        CHECK(trained.at("steps") == 8);
        // The folder carries its factors: without naming any it computes what it does with them.
        const double after = nllOf(quoted(output), 1024);
        CHECK(after == Approx(nllOf(quoted(output), 1024, searched)).margin(1e-5));
        CHECK(after < before); // trained on this very text
        CHECK(keysFound(quoted(output)) >= 3);
    }
}
