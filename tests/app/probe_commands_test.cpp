// The probe commands from outside, on the bundled model: the contract's JSON keys and exit codes, and numbers that must
// agree with each other.
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

test::ProgramRun run(const std::string& arguments) {
    return test::runProgram(ROPESCOPE_PROGRAM, arguments + " --threads 1");
}

nlohmann::json answer(const std::string& arguments) {
    const auto program = run(arguments + " --json");
    INFO(program.messages);
    REQUIRE(program.exitCode == 0);
    return nlohmann::json::parse(program.output);
}

} // namespace

TEST_CASE("perplexity gives a result for every factor set and length") {
    const auto json = answer("perplexity demo --text demo --factors none --factors yarn:4 --lengths 128,256");
    const auto& results = json.at("results");
    REQUIRE(results.size() == 4);
    for (const auto& result : results) {
        for (const char* key :
             {"factors", "length", "nll", "perplexity", "tokens", "seconds", "tokens_per_second", "peak_memory_bytes"})
            CHECK(result.contains(key));
        CHECK(result.at("perplexity").get<double>() == Approx(std::exp(result.at("nll").get<double>())));
    }
    CHECK(results[0].at("length") == 128);
    CHECK(results[0].at("nll") != results[1].at("nll"));
}

TEST_CASE("compare's difference is that of the perplexities, antisymmetric in its sets") {
    const auto json = answer("compare demo --text demo --length 256 --windows 2 --factors none --factors yarn:4");
    REQUIRE(json.at("comparisons").size() == 1);
    const auto& one = json.at("comparisons")[0];
    const auto swapped = answer("compare demo --text demo --length 256 --windows 2 --factors yarn:4 --factors none");
    CHECK(one.at("difference").get<double>() ==
          Approx(-swapped.at("comparisons")[0].at("difference").get<double>()).margin(1e-6));
    CHECK(one.at("standard_error").get<double>() > 0);
    CHECK(one.at("tokens") == 510);
    CHECK(run("compare demo --text demo --length 256 --factors none").exitCode == 2);
}

TEST_CASE("sensitivity has one derivative a pair and the slope that landscape shows") {
    const auto slope = answer("sensitivity demo --text demo --length 512 --factors yarn:4");
    REQUIRE(slope.at("gradient").size() == 32);
    const auto curve = answer("landscape demo --text demo --length 512 --factors yarn:4 --pairs 15 --range 0.99,1.01 "
                              "--points 3 --spacing linear");
    const auto& points = curve.at("points");
    REQUIRE(points.size() == 3);
    CHECK(points[1].at("scale")[0].get<double>() == Approx(1));
    CHECK(points[1].at("nll").get<double>() == Approx(slope.at("nll").get<double>()).margin(1e-5));
    const double secant =
        (points[2].at("nll").get<double>() - points[0].at("nll").get<double>()) / std::log(1.01 / 0.99);
    CHECK(slope.at("gradient")[15].get<double>() == Approx(secant).epsilon(0.05).margin(1e-4));
}

TEST_CASE("landscape over two segments is a grid that resumes from its study") {
    const test::TemporaryFolder folder;
    const std::string command = "landscape demo --text demo --length 128 --pairs 0-7 --pairs 8-15 --range 0.9,1.1 "
                                "--points 3 --study '" +
                                (folder.path() / "grid.ropescope").string() + "'";
    const auto first = answer(command);
    REQUIRE(first.at("points").size() == 9);
    CHECK(first.at("points")[0].at("scale").size() == 2);
    CHECK(answer(command).at("points") == first.at("points"));
}

TEST_CASE("passkey counts its trials in every cell, with Wilson's interval") {
    const auto json = answer("passkey demo --lengths 128,160 --depths 0.2,0.8 --trials 3 --factors none");
    REQUIRE(json.at("cells").size() == 4);
    for (const auto& cell : json.at("cells")) {
        CHECK(cell.at("trials") == 3);
        CHECK(cell.at("correct") == 3);                                     // within the trained length
        CHECK(cell.at("low").get<double>() == Approx(0.4385).margin(1e-4)); // 3 of 3, z = 1.96
        CHECK(cell.at("high").get<double>() == Approx(1));
    }
    CHECK(json.at("seconds").get<double>() > 0);
    CHECK(run("passkey demo --lengths 20 --depths 0.5 --trials 1").exitCode == 2);
}

TEST_CASE("logits through the cache are those of one pass") {
    const auto together = answer("logits demo --text demo --length 90");
    const auto decoded = answer("logits demo --text demo --length 90 --decode 5");
    REQUIRE(together.at("logits").size() == 1024);
    REQUIRE(decoded.at("nll").size() == 89);
    for (std::size_t i = 0; i < 1024; i += 31)
        CHECK(decoded.at("logits")[i].get<double>() == Approx(together.at("logits")[i].get<double>()).margin(1e-4));
    CHECK(together.at("top")[0].at("id") == decoded.at("top")[0].at("id"));
}

TEST_CASE("every probe takes LM-Infinite, which differs from full attention beyond its window") {
    const std::string wide = "perplexity demo --text demo --lengths 512 --attention ";
    const double full = answer(wide + "full").at("results")[0].at("nll");
    const double lambda = answer(wide + "lm-infinite").at("results")[0].at("nll");
    CHECK(lambda < full - 0.1);
    CHECK(run(wide + "lm-infinite:0").exitCode == 2);
    CHECK(run(wide + "flash").exitCode == 2);
}

TEST_CASE("what can't be probed ends with the contract's exit codes") {
    const test::TemporaryFolder folder;
    const std::string bad = (folder.path() / "bad.json").string();
    std::ofstream(bad) << R"({"ids": [1, 2, 70000]})";
    const auto outside = run("perplexity demo --text '" + bad + "' --lengths 2");
    CHECK(outside.exitCode == 3);
    CHECK(outside.messages.find("ids[2]") != std::string::npos);
    CHECK(outside.output.empty());
    CHECK(run("perplexity demo --text absent.txt --lengths 64").exitCode == 3);
    CHECK(run("perplexity demo --text demo --lengths 0").exitCode == 2);
    CHECK(run("perplexity demo --text demo --lengths 100000000").exitCode == 3);
    const auto unknown = run("perplexitty demo");
    CHECK(unknown.exitCode == 2);
    CHECK(unknown.messages.find("perplexitty") != std::string::npos);
    const auto unwritable = run("search demo --text demo --target 512 --study '" +
                                (folder.path() / "s.ropescope").string() + "' --output /proc/factors.json");
    CHECK(unwritable.exitCode != 0);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "s.ropescope")); // said before any work
}
