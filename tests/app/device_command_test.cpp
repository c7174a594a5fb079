#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

TEST_CASE("the device command lists the processor, its memory and its kernels") {
    const test::TemporaryFolder folder;
    const std::string program = ROPESCOPE_PROGRAM;
    ::setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
    const auto run = test::runProgram(program, "device --device cpu --threads 1 --json");
    const auto text = test::runProgram(program, "device --device cpu --threads 1");
    ::unsetenv("XDG_CACHE_HOME");
    CHECK(run.exitCode == 0);
    CHECK(run.messages.empty());
    const auto devices = nlohmann::json::parse(run.output).at("devices");
    REQUIRE(devices.size() == 1);
    const auto& cpu = devices.at(0);
    CHECK(!cpu.at("name").get<std::string>().empty());
    CHECK(cpu.at("memory_bytes").get<std::int64_t>() > 0);
    CHECK(cpu.at("threads") == 1);
    CHECK(cpu.at("kernels").size() == 8);
    for (const auto& kernel : cpu.at("kernels")) {
        CHECK(kernel.at("used") == true);
        CHECK(kernel.at("largest_difference").get<double>() < 0.01);
    }
    CHECK(text.output.find("rms_norm bf16") != std::string::npos);
    // The check was remembered where the XDG specification says.
    CHECK(std::filesystem::exists(folder.path() / "ropescope" / "measured.json"));
}

TEST_CASE("the device command refuses a device that isn't there with exit code 2") {
    CHECK(test::runProgram(ROPESCOPE_PROGRAM, "device --device cuda:99").exitCode == 2);
    CHECK(test::runProgram(ROPESCOPE_PROGRAM, "device --device abacus").exitCode == 2);
}
