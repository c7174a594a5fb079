#include "engine/rope/dprope.h"

#include <fstream>
#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using namespace ropescope;

namespace {

const RopeGeometry llama2{128, 128, 10000, 4096};

// E for pairs that keep their frequency, I for interpolated ones.
std::string letters(const FactorSet& set) {
    std::string text;
    for (const double factor : set.factors)
        text += factor == 1 ? 'E' : 'I';
    return text;
}

} // namespace

TEST_CASE("the selections of the paper's table are reproduced") {
    struct Golden {
        double scale;
        const char* smaller;
        int dimensions;
        const char* chosen;
        double threshold; // within the range that gives the same choice
    };
    for (const Golden& golden : {Golden{2, "EEIEIIIEIIIEEEEIIIIIEEEEEEEEIEIIIIIIIIIIIIIIIEIIIIIIIIIIIIIIIIII", 80,
                                        "EEIEIIIEEIIEEEEEEIEEEEEEEEEEIEIEIIIIIIIIIIIIIEIIIIIIIIIIIIIIIIII", 5.5e-4},
                                 Golden{4, "EIIEIEEEIEIEEEEEEEEEEIEEEIEEIEIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII", 64,
                                        "EEEEEEEEEEIEEEEEEEEEEEEEEEEEEEEIIIEIIIIIIIIIIEIIIIIIIIIIIIIIIIII", 1.8e-3}}) {
        INFO("scale " << golden.scale);
        const auto set = DpRope().factors(llama2, golden.scale);
        REQUIRE(set);
        CHECK(letters(*set) == golden.smaller);
        CHECK(set->attentionFactor == 1);
        const auto disturbances = dpRopeDisturbances(llama2, golden.scale);
        REQUIRE(disturbances);
        CHECK(letters(dpRopeByDimensions(*disturbances, golden.dimensions)) == golden.chosen);
        CHECK(letters(dpRopeByThreshold(*disturbances, golden.threshold)) == golden.chosen);
    }
}

TEST_CASE("the disturbances of both candidates are the recorded ones") {
    ROPESCOPE_FIXTURE(path, "angles/distribution.json");
    const auto recorded = nlohmann::json::parse(std::ifstream(path));
    for (const auto& scale : recorded.at("scales")) {
        const auto disturbances = dpRopeDisturbances(llama2, scale.at("scale"));
        REQUIRE(disturbances);
        const auto& gaps = scale.at("gap_extrapolate_minus_interpolate");
        for (std::size_t pair = 0; pair < gaps.size(); ++pair)
            CHECK(disturbances->extrapolated[pair] - disturbances->interpolated[pair] ==
                  Approx(gaps[pair].get<double>()).margin(1e-9));
    }
}

TEST_CASE("the slider's ends are all extrapolated and all interpolated, and ties extrapolate") {
    const DpRopeDisturbances disturbances{4, {1, 2, 2, 0}, {1, 1, 1, 3}};
    CHECK(letters(dpRopeByThreshold(disturbances, 0)) == "EIIE");
    CHECK(letters(dpRopeByThreshold(disturbances, 1)) == "EEEE");
    CHECK(letters(dpRopeByDimensions(disturbances, 0)) == "EEEE");
    CHECK(letters(dpRopeByDimensions(disturbances, 2)) == "EIEE");
    CHECK(letters(dpRopeByDimensions(disturbances, 3)) == "EIEE");
    CHECK(letters(dpRopeByDimensions(disturbances, 6)) == "IIIE");
    CHECK(letters(dpRopeByDimensions(disturbances, 1000)) == "IIII");
    CHECK(letters(dpRopeByDimensions(disturbances, std::numeric_limits<int>::min())) == "EEEE");
}

TEST_CASE("scales outside its domain are refused") {
    CHECK_FALSE(DpRope().factors(llama2, 0.5));
    CHECK_FALSE(DpRope().factors(llama2, 1e15));
    CHECK_FALSE(dpRopeDisturbances(llama2, 2, 0));
}
