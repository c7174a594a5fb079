#include "engine/base/remembered.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/processor.h"
#include "engine/base/warning.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

TEST_CASE("results are remembered per program version") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "deeper" / "measured.json";
    const RememberedResults first(file, {"/a", "1"});
    CHECK(!first.find("speed"));
    first.remember("speed", 3);
    first.remember("size", {1, 2});
    CHECK(first.find("speed") == nlohmann::json(3));
    CHECK(RememberedResults(file, {"/a", "1"}).find("size") == nlohmann::json({1, 2}));

    const RememberedResults other(file, {"/b", "1"});
    CHECK(!other.find("speed"));
    other.remember("speed", 4);
    CHECK(first.find("speed") == nlohmann::json(3));

    const RememberedResults newer(file, {"/a", "2"});
    CHECK(!newer.find("speed"));
    newer.remember("speed", 5);
    CHECK(!first.find("speed"));
    CHECK(newer.find("speed") == nlohmann::json(5));
    CHECK(!newer.find("size"));
    CHECK(other.find("speed") == nlohmann::json(4));
}

TEST_CASE("a damaged or unwritable file means measuring again") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "measured.json";
    const RememberedResults results(file, {"/a", "1"});
    for (const char* damaged : {"", "no json", "[1]", R"({"/a": 3})", R"({"/a": {"version": "1", "results": []}})"}) {
        std::ofstream(file) << damaged;
        CHECK(!results.find("speed"));
    }
    results.remember("speed", 3);
    CHECK(results.find("speed") == nlohmann::json(3));

    std::ofstream(folder.path() / "taken") << "a file where a folder would have to be";
    const RememberedResults nowhere(folder.path() / "taken" / "measured.json", {"/a", "1"});
    nowhere.remember("speed", 3);
    CHECK(!nowhere.find("speed"));
    RememberedResults({}).remember("speed", 3);
    CHECK(!RememberedResults({}).find("speed"));
}

TEST_CASE("the running program has a version") {
    CHECK(std::filesystem::exists(runningProgram().path));
    CHECK(!runningProgram().version.empty());
}

TEST_CASE("warnings go where the program wants them") {
    std::string seen;
    setWarningSink([&](const std::string& text) { seen += text; });
    warn("careful");
    setWarningSink({});
    CHECK(seen == "careful");
}

TEST_CASE("what the processor can do is ordered by generation") {
    const ProcessorFeatures& features = processorFeatures();
    CHECK((!features.avx512 || features.avx2));
    CHECK((!features.avx512Bf16 || features.avx512));
    CHECK(availableProcessors() >= 1);
}
