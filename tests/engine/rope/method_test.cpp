#include "engine/rope/method.h"

#include <cmath>
#include <fstream>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/rope/attention_factor.h"
#include "engine/rope/interpolation.h"
#include "engine/rope/llama3.h"
#include "engine/rope/longrope.h"
#include "engine/rope/yarn.h"
#include "tests/support/catch.h"

using namespace ropescope;

namespace {

const RopeGeometry llama2{128, 128, 10000, 4096};

FactorSet made(const RopeMethod& method, const RopeGeometry& geometry, double scale) {
    const auto set = method.factors(geometry, scale);
    REQUIRE(set);
    REQUIRE(set->factors.size() == static_cast<std::size_t>(geometry.pairs()));
    return *set;
}

} // namespace

TEST_CASE("methods give the factors recorded with the angle divergences") {
    ROPESCOPE_FIXTURE(path, "angles/distribution.json");
    const auto recorded = nlohmann::json::parse(std::ifstream(path));
    for (const auto& scale : recorded.at("scales"))
        for (const char* name : {"none", "pi", "ntk", "yarn"}) {
            INFO(name << ":" << scale.at("scale"));
            const auto wanted = scale.at("methods").at(name).at("factors").get<std::vector<double>>();
            const auto set = made(*findRopeMethod(name), llama2, scale.at("scale"));
            for (std::size_t pair = 0; pair < wanted.size(); ++pair)
                CHECK(set.factors[pair] == Approx(wanted[pair]).epsilon(1e-14));
        }
}

TEST_CASE("yarn at 16x on Llama 2 gives the published check values and attention factor") {
    const auto set = made(Yarn(), llama2, 16);
    CHECK(set.factors[20] == 1);
    CHECK(set.factors[21] == Approx(1.0374).epsilon(1e-4));
    CHECK(set.factors[32] == Approx(1.7627).epsilon(1e-4));
    CHECK(set.factors[40] == Approx(3.5862).epsilon(1e-4));
    CHECK(set.factors[45] == Approx(10.1463).epsilon(1e-4));
    CHECK(set.factors[46] == 16);
    CHECK(set.factors[63] == 16);
    CHECK(set.attentionFactor == Approx(1.2773).epsilon(1e-4));
    CHECK(set.origin == "yarn:16");
}

TEST_CASE("yarn's corners follow its betas, unrounded without truncation, and never coincide") {
    // With corners at pairs c(128) and c(2) of Mistral (L = 8192) the ramp is wider and later than with 32 and 1.
    const RopeGeometry mistral{128, 128, 10000, 8192};
    const auto corner = [&](double turns) { return 128 * std::log(8192 / (2 * M_PI * turns)) / (2 * std::log(10000)); };
    const auto set = made(Yarn({128, 2, true, {}}), mistral, 8);
    const auto low = static_cast<std::size_t>(std::floor(corner(128)));
    const auto high = static_cast<std::size_t>(std::ceil(corner(2)));
    CHECK(set.factors[low] == 1);
    CHECK(set.factors[low + 1] > 1);
    CHECK(set.factors[high - 1] < 8);
    CHECK(set.factors[high] == 8);
    const auto smooth = made(Yarn({128, 2, false, {}}), mistral, 8);
    const double ramp = (30 - corner(128)) / (corner(2) - corner(128));
    CHECK(smooth.factors[30] == Approx(1 / ((1 - ramp) + ramp / 8)).epsilon(1e-12));
    // Both corners clamp to 0: pair 0 is kept, every other pair is past the guard's 0.001.
    const auto guarded = made(Yarn({1e9, 1e9, true, {}}), {8, 8, 10000, 4}, 4);
    CHECK(guarded.factors[0] == 1);
    CHECK(made(Yarn({32, 1, true, 1.5}), llama2, 4).attentionFactor == 1.5);
    CHECK_FALSE(Yarn({0, 1, true, {}}).factors(llama2, 4));
}

TEST_CASE("llama3 keeps short wavelengths, divides long ones and blends between") {
    const RopeGeometry llama3{128, 128, 500000, 8192};
    const auto set = made(Llama3(), llama3, 8);
    CHECK(set.attentionFactor == 1);
    for (int pair = 0; pair < 64; ++pair) {
        const double wavelength = 2 * M_PI / frequency(llama3, pair);
        const double factor = set.factors[static_cast<std::size_t>(pair)];
        if (wavelength < 8192.0 / 4)
            CHECK(factor == 1);
        else if (wavelength > 8192)
            CHECK(factor == 8);
        else {
            const double kept = (8192 / wavelength - 1) / 3;
            CHECK(1 / factor == Approx((1 - kept) / 8 + kept).epsilon(1e-12));
        }
    }
    CHECK_FALSE(Llama3({4, 4}).factors(llama3, 8));
    CHECK_FALSE(Llama3({0, 4}).factors(llama3, 8));
}

TEST_CASE("dynamic NTK is unscaled up to the trained length and grows beyond it") {
    CHECK(made(DynamicNtk(4096), llama2, 4).factors == unscaled(llama2).factors);
    CHECK(made(DynamicNtk(100), llama2, 4).factors == unscaled(llama2).factors);
    // b' / b = (4 * 2 - 3)^(D/(D-2)) at twice the trained length.
    const auto set = made(DynamicNtk(8192), llama2, 4);
    CHECK(set.factors[63] == Approx(5).epsilon(1e-12));
    CHECK(set.factors[21] == Approx(std::pow(5, 42.0 / 126)).epsilon(1e-12));
}

TEST_CASE("longrope takes its long list strictly beyond the trained length") {
    const RopeGeometry geometry{16, 16, 10000, 64};
    LongRopeLists lists{std::vector<double>(8, 1.1), std::vector<double>(8, 3.0), {}};
    const LongRope method(lists, 4);
    CHECK(made(method, geometry, 1).factors == lists.shortFactors);
    CHECK(made(method, geometry, 65.0 / 64).factors == lists.longFactors);
    CHECK(made(method, geometry, 0.5).attentionFactor == Approx(1.1547005383792517).epsilon(1e-14));
    lists.attentionFactor = 1.25;
    CHECK(made(LongRope(lists, 4), geometry, 4).attentionFactor == 1.25);
    lists.longFactors.pop_back();
    CHECK_FALSE(LongRope(lists, 4).factors(geometry, 1));
}

TEST_CASE("attention factors") {
    CHECK(yarnAttentionFactor(4) == Approx(1.138629436111989).epsilon(1e-15));
    CHECK(yarnAttentionFactor(1) == 1);
    CHECK(yarnAttentionFactor(0.5) == 1);
    CHECK(suAttentionFactor(16, 4096) == Approx(1.1547).epsilon(1e-4));
    CHECK(suAttentionFactor(1, 4096) == 1);
    CHECK(suAttentionFactor(4, 1) == 1);
}

TEST_CASE("every method takes any rotary dimension and refuses what is no scale") {
    for (const auto& method : ropeMethods()) {
        INFO(method->name());
        CHECK(findRopeMethod(method->name()) == method.get());
        CHECK_FALSE(method->summary().empty());
        for (const RopeGeometry& geometry :
             {RopeGeometry{2, 2, 10000, 16}, RopeGeometry{32, 8, 10000, 256}, RopeGeometry{96, 96, 10000, 4096},
              RopeGeometry{80, 80, 1e6, 2048}, RopeGeometry{256, 64, 500000, 8192}}) {
            for (const double factor : made(*method, geometry, 2.5).factors) {
                CHECK(std::isfinite(factor));
                CHECK(factor >= 1);
                CHECK(factor <= 2.5 * (1 + 1e-12));
            }
            for (const double factor : made(*method, geometry, 1).factors)
                CHECK(factor == Approx(1).epsilon(1e-12));
        }
        for (const double scale : {0.0, -2.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
            const auto refused = method->factors(llama2, scale);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().kind == ErrorKind::usage);
        }
        CHECK_FALSE(method->factors({128, 127, 10000, 4096}, 2));
    }
    CHECK(findRopeMethod("rope") == nullptr);
}
