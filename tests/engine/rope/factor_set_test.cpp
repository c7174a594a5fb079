#include "engine/rope/factor_set.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using namespace ropescope;

namespace {

int ulpsApart(float one, float other) {
    return std::abs(std::bit_cast<int>(one) - std::bit_cast<int>(other));
}

void checkFrequencies(const RopeGeometry& geometry, const FactorSet& set, const nlohmann::json& recorded, int ulps) {
    const auto computed = inverseFrequencies(geometry, set);
    REQUIRE(computed.size() == recorded.size());
    for (std::size_t pair = 0; pair < computed.size(); ++pair) {
        INFO("pair " << pair);
        CHECK(ulpsApart(computed[pair], recorded[pair].get<float>()) <= ulps);
    }
}

} // namespace

TEST_CASE("inverse frequencies are those of the recorded runs on tiny models, bit for bit") {
    ROPESCOPE_FIXTURE(folder, "tiny_models");
    int runs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path() / "golden.json");
        if (!file)
            continue;
        const auto golden = nlohmann::json::parse(file);
        const auto config = nlohmann::json::parse(std::ifstream(entry.path() / "config.json"));
        const int rotaryDim = golden.at("rotary_dim");
        const RopeGeometry geometry{rotaryDim, rotaryDim, golden.at("rope_theta"), 256};
        for (const auto& [name, run] : golden.at("runs").items()) {
            INFO(entry.path().filename() << ", run " << name);
            FactorSet set = unscaled(geometry);
            if (run.contains("factors"))
                set.factors = run.at("factors").get<std::vector<double>>();
            else if (config.value("model_type", "") == "phi3" && name.find("config") == 0)
                set.factors = config.at("rope_scaling")
                                  .at(name == "config" ? "long_factor" : "short_factor")
                                  .get<std::vector<double>>();
            checkFrequencies(geometry, set, run.at("inv_freq"), 0);
            ++runs;
        }
    }
    CHECK(runs >= 20);
}

TEST_CASE("inverse frequencies are those of the recorded SmolLM2 runs, bit for bit") {
    ROPESCOPE_FIXTURE(path, "smollm2/nll.json");
    const auto golden = nlohmann::json::parse(std::ifstream(path));
    for (const auto& [name, entry] : golden.at("cases").items()) {
        INFO(name);
        const RopeGeometry geometry{64, 64, entry.at("theta"), 8192};
        // transformers' own yarn blends two float32 frequencies instead of dividing by a factor.
        checkFrequencies(geometry, {entry.at("factors").get<std::vector<double>>(), 1.0, ""},
                         entry.at("inv_freq_f32_used"), name == "hf_yarn4" ? 1 : 0);
    }
}

TEST_CASE("partial rotary uses the rotary dimension, not the head's") {
    const RopeGeometry geometry{32, 8, 10000, 256};
    CHECK(geometry.pairs() == 4);
    const auto frequencies = inverseFrequencies(geometry, unscaled(geometry));
    CHECK(frequencies[1] == Approx(0.1));
    CHECK(frequency(geometry, 3) == Approx(1e-3));
}

TEST_CASE("a geometry that cannot carry a rotary embedding is a usage error that names the value") {
    const RopeGeometry fine{128, 128, 10000, 4096};
    CHECK(checkGeometry(fine));
    const auto refused = [&](auto change, const std::string& named) {
        RopeGeometry geometry = fine;
        change(geometry);
        const auto checked = checkGeometry(geometry);
        REQUIRE_FALSE(checked);
        CHECK(checked.error().kind == ErrorKind::usage);
        CHECK(checked.error().message.find(named) != std::string::npos);
    };
    refused([](RopeGeometry& g) { g.rotaryDim = 0; }, "0");
    refused([](RopeGeometry& g) { g.rotaryDim = 63; }, "63");
    refused([](RopeGeometry& g) { g.rotaryDim = 130; }, "130");
    refused([](RopeGeometry& g) { g.theta = 1; }, "theta");
    refused([](RopeGeometry& g) { g.theta = std::numeric_limits<double>::quiet_NaN(); }, "nan");
    refused([](RopeGeometry& g) { g.trainedLength = 0; }, "trained length");
}
