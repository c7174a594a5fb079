#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

constexpr const char* llama2 = " --theta 10000 --head-dim 128 --trained-length 4096";

test::ProgramRun run(const std::string& arguments) {
    return test::runProgram(ROPESCOPE_PROGRAM, arguments);
}

} // namespace

TEST_CASE("the factors command prints a vector with its attention factor and frequencies") {
    const auto yarn = run(std::string("factors yarn:16 --json") + llama2);
    CHECK(yarn.exitCode == 0);
    const auto json = nlohmann::json::parse(yarn.output);
    CHECK(json.at("factors").size() == 64);
    CHECK(json.at("factors")[63] == 16);
    CHECK(json.at("attention_factor").get<double>() == Approx(1.2772588722));
    CHECK(json.at("inverse_frequencies")[0] == 1);
    const auto demo = nlohmann::json::parse(run("factors yarn:4 --model demo --attention-factor 1 --json").output);
    CHECK(demo.at("attention_factor") == 1);
    CHECK(demo.at("factors").size() == 32);
    CHECK(run("factors none --model demo").output.find("inverse frequency") != std::string::npos);
    CHECK(run("factors yarn:4").exitCode == 2);
    CHECK(run("factors yarn:4 --theta 10000").exitCode == 2);
    CHECK(run("factors yarn --model demo").exitCode == 2);
    CHECK(run("factors absent.json --model demo").exitCode == 3);
    CHECK(run("factors none --model absent").exitCode == 3);
    CHECK(run("factors none --model demo --attention-factor -1").exitCode == 2);
}

TEST_CASE("the angles command compares a target length with training") {
    const auto pi =
        nlohmann::json::parse(run(std::string("angles --target 8192 --factors pi:2 --json") + llama2).output);
    CHECK(pi.at("per_pair").size() == 64);
    CHECK(pi.at("disturbance").get<double>() == Approx(0.024061959619536492).margin(1e-9));
    CHECK(pi.at("per_pair")[63].at("unseen_fraction") == 0);
    CHECK(pi.at("per_pair")[0].at("pair") == 0);
    CHECK(pi.at("per_pair")[63].at("rotations_target").get<double>() ==
          Approx(pi.at("per_pair")[63].at("rotations_trained").get<double>()));
    CHECK(run("angles --model demo --target 1024").output.find("disturbance") != std::string::npos);
    CHECK(run("angles --model demo --target 0").exitCode == 2);
    CHECK(run("angles --model demo --target 1024 --bins 0").exitCode == 2);
}

TEST_CASE("export and convert go from a formula through files and back to the same numbers") {
    const test::TemporaryFolder folder;
    const std::string base = folder.path().string() + "/";
    const auto exported = run("export yarn:4 --model demo --to hf --output '" + base + "hf.json' --json");
    CHECK(exported.exitCode == 0);
    CHECK(nlohmann::json::parse(exported.output).at("written")[0] == base + "hf.json");
    CHECK_FALSE(nlohmann::json::parse(exported.output).at("notes").empty());
    std::string last = base + "hf.json";
    for (const char* format : {"longrope-csv", "npy", "csv", "vllm", "json"}) {
        INFO(format);
        const std::string next = base + format;
        CHECK(run("convert '" + last + "' --to " + format + " --output '" + next + "'").exitCode == 0);
        last = next;
    }
    const auto there = nlohmann::json::parse(run("factors yarn:4 --model demo --json").output);
    const auto back = nlohmann::json::parse(run("factors '" + last + "' --model demo --json").output);
    CHECK(there.at("factors") == back.at("factors"));
    CHECK(there.at("attention_factor") == back.at("attention_factor"));
    CHECK(run("convert '" + last + "' --to gibberish --output '" + base + "x'").exitCode == 2);
    CHECK(run("convert '" + base + "absent' --to csv --output '" + base + "x'").exitCode == 3);
    std::ofstream(base + "bad.csv") << "1,2,nan\n";
    const auto bad = run("convert '" + base + "bad.csv' --to csv --output '" + base + "x'");
    CHECK(bad.exitCode == 3);
    CHECK(bad.messages.find("factor 2") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(base + "x"));
}
