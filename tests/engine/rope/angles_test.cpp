#include "engine/rope/angles.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <numeric>
#include <random>

#include <nlohmann/json.hpp>

#include "engine/rope/lattice_count.h"
#include "engine/rope/method.h"
#include "tests/support/catch.h"

using namespace ropescope;

namespace {

const RopeGeometry llama2{128, 128, 10000, 4096};

// Float64 positions one by one, with an 80-bit angle where the platform has it. Returns an empty vector when an
// angle comes too close to an edge for this arithmetic to decide its bin.
std::vector<std::int64_t> bruteForce(double frequency, std::int64_t length, int bins) {
    const long double turn = 2 * std::numbers::pi_v<long double>;
    std::vector<std::int64_t> counts(static_cast<std::size_t>(bins));
    for (std::int64_t position = 0; position < length; ++position) {
        const long double turns = static_cast<long double>(position) * frequency / turn;
        const long double place = (turns - std::floor(turns)) * bins;
        const bool nearEdge = std::fabs(place - std::round(place)) < 1e-16L * (1 + turns) * bins;
        if (position > 0 && nearEdge && turns > 1e-9L)
            return {};
        ++counts[std::min(static_cast<std::size_t>(bins) - 1, static_cast<std::size_t>(place))];
    }
    return counts;
}

} // namespace

TEST_CASE("counts of the trained length are the recorded ones") {
    ROPESCOPE_FIXTURE(path, "angles/distribution.json");
    const auto recorded = nlohmann::json::parse(std::ifstream(path));
    for (const auto& [pair, counts] : recorded.at("counts_original").items()) {
        INFO("pair " << pair);
        CHECK(angleHistogram(frequency(llama2, std::stoi(pair)), 4096, 360) == counts.get<std::vector<std::int64_t>>());
    }
    for (int pair = 0; pair < 64; ++pair) {
        const auto counts = angleHistogram(frequency(llama2, pair), 4096, 360);
        CHECK(360 - std::count(counts.begin(), counts.end(), 0) ==
              recorded.at("original_nonempty_bins")[static_cast<std::size_t>(pair)].get<int>());
    }
}

TEST_CASE("divergences of every recorded factor set are the recorded ones") {
    ROPESCOPE_FIXTURE(path, "angles/distribution.json");
    const auto recorded = nlohmann::json::parse(std::ifstream(path));
    for (const auto& scale : recorded.at("scales"))
        for (const auto& [name, method] : scale.at("methods").items()) {
            INFO(name << ", scale " << scale.at("scale"));
            const FactorSet set{method.at("factors").get<std::vector<double>>(), 1.0, name};
            const auto report = compareAngles(llama2, set, {scale.at("target_length"), 360});
            CHECK(report.disturbance == Approx(method.at("mean").get<double>()).margin(1e-9));
            CHECK(report.reverseDisturbance == Approx(method.at("reverse_mean").get<double>()).margin(1e-9));
            for (std::size_t pair = 0; pair < 64; ++pair)
                CHECK(report.pairs[pair].disturbance == Approx(method.at("per_pair")[pair].get<double>()).margin(1e-9));
        }
}

TEST_CASE("counts equal brute force for any frequency, length and number of bins") {
    std::mt19937_64 random(20241);
    std::uniform_real_distribution<double> exponent(-7, 1.5);
    int compared = 0;
    for (int trial = 0; trial < 400; ++trial) {
        const double frequency = std::pow(10, exponent(random));
        const int bins = static_cast<int>(random() % 720) + 1;
        // Short lengths are walked and long ones counted: both sides of the border for these bins.
        const auto length = static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(bins) * 160 + 2));
        INFO("frequency " << frequency << ", length " << length << ", bins " << bins);
        const auto expected = bruteForce(frequency, length, bins);
        if (expected.empty())
            continue;
        CHECK(angleHistogram(frequency, length, bins) == expected);
        ++compared;
    }
    CHECK(compared > 350);
}

TEST_CASE("lengths 0, 1 and odd, one bin, and pairs that stand still") {
    CHECK(angleHistogram(0.5, 0, 3) == std::vector<std::int64_t>{0, 0, 0});
    CHECK(angleHistogram(0.5, 1, 3) == std::vector<std::int64_t>{1, 0, 0});
    CHECK(angleHistogram(2, 7, 4) == bruteForce(2, 7, 4));
    CHECK(angleHistogram(0.5, 1'000'001, 1) == std::vector<std::int64_t>{1'000'001});
    CHECK(angleHistogram(0, 1'000'000, 2) == std::vector<std::int64_t>{1'000'000, 0});
    CHECK(angleHistogram(1e-300, 1'000'000, 2) == std::vector<std::int64_t>{1'000'000, 0});
    // The double nearest a quarter turn is 1e-17 turns short of one, so every edge is just missed.
    CHECK(angleHistogram(std::numbers::pi / 2, 8, 4) == std::vector<std::int64_t>{3, 2, 2, 1});
}

TEST_CASE("counts do not overflow at a billion positions and beyond") {
    for (const double frequency : {1.0, 0.3, 1e-4, 1e-9, 12345.678})
        for (const std::int64_t length : {std::int64_t{1'000'000'000}, longestAngleCount}) {
            const auto counts = angleHistogram(frequency, length, 360);
            CHECK(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}) == length);
            // An irrational turn spreads evenly; a slow pair fills its bins in order.
            if (frequency >= 0.3)
                for (const std::int64_t count : counts)
                    CHECK(std::abs(static_cast<double>(count) * 360 / static_cast<double>(length) - 1) < 1e-4);
            else
                CHECK(*std::min_element(counts.begin(), counts.end()) >= 0);
        }
    // 1e9 positions of 1e-9 radians end at one radian: 58 full bins of a degree.
    const auto slow = angleHistogram(1e-9, 1'000'000'000, 360);
    CHECK(slow[0] == 17453293);
    CHECK(slow[57] > 0);
    CHECK(slow[58] == 0);
}

TEST_CASE("a question to the lattice agrees with a walk") {
    std::mt19937_64 random(7);
    for (int trial = 0; trial < 300; ++trial) {
        const std::uint64_t step = random() >> (random() % 64);
        const std::uint64_t length = random() % 500;
        const std::uint64_t limit = (random() >> (random() % 64)) | 1U;
        std::uint64_t expected = 0;
        for (std::uint64_t position = 0; position < length; ++position)
            expected += position * step < limit ? 1 : 0;
        INFO("step " << step << ", length " << length << ", limit " << limit);
        CHECK(LatticeCount(step, length).below(limit) == expected);
    }
}

TEST_CASE("a fraction of a turn carries 64 bits") {
    CHECK(turnFraction(0) == 0);
    CHECK(turnFraction(1) == 0x28be60db9391054aU);
    CHECK(turnFraction(2) == 0x517cc1b727220a95U);
    // Whole turns vanish: 8 radians is one turn and a bit.
    CHECK(turnFraction(8) == 0x45f306dc9c882a54U);
    CHECK(turnFraction(0x1p-20) == 0x28be60db939U);
}

TEST_CASE("one pair compared alone is the pair of the whole report") {
    const auto yarn = findRopeMethod("yarn")->factors(llama2, 4).value();
    const AngleOptions options{16384, 90};
    const auto report = compareAngles(llama2, yarn, options);
    const auto alone = comparePairAngles(llama2, 40, yarn.factors[40], options);
    CHECK(alone.target == report.pairs[40].target);
    CHECK(alone.disturbance == report.pairs[40].disturbance);
}

TEST_CASE("periods, turns and unseen angles describe the scaled pair") {
    // The slowest pair covers 4096 * 1.155e-4 radians = 27 degrees in training and twice that at 8192 unscaled.
    const AngleOptions options{8192, 360};
    const auto kept = comparePairAngles(llama2, 63, 1, options);
    CHECK(kept.period == Approx(2 * std::numbers::pi / frequency(llama2, 63)));
    CHECK(kept.rotationsTarget == Approx(2 * kept.rotationsTrained));
    CHECK(kept.unseenFraction == Approx(0.48).margin(0.03));
    const auto interpolated = comparePairAngles(llama2, 63, 2, options);
    CHECK(interpolated.period == Approx(2 * kept.period));
    CHECK(interpolated.rotationsTarget == Approx(interpolated.rotationsTrained));
    CHECK(interpolated.unseenFraction == 0);
    // Factors below 1 speed a pair up.
    CHECK(comparePairAngles(llama2, 63, 0.5, options).rotationsTarget == Approx(4 * kept.rotationsTrained));
}

TEST_CASE("requests that cannot be counted are usage errors") {
    CHECK(checkAngleOptions(llama2, {1, 1}));
    for (const AngleOptions& options :
         {AngleOptions{0, 360}, AngleOptions{-1, 360}, AngleOptions{100, 0}, AngleOptions{longestAngleCount + 1, 360},
          AngleOptions{100, mostAngleBins + 1}}) {
        const auto checked = checkAngleOptions(llama2, options);
        REQUIRE_FALSE(checked);
        CHECK(checked.error().kind == ErrorKind::usage);
    }
}
