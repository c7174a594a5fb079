#include "engine/train/packing.h"

#include <algorithm>
#include <set>

#include "tests/support/catch.h"

using namespace ropescope;

namespace {

std::vector<WindowStart> epoch(const Packing& packing, std::int64_t number) {
    std::vector<WindowStart> starts;
    for (std::int64_t i = 0; i < packing.windowsPerEpoch(); ++i)
        starts.push_back(packing.window(number * packing.windowsPerEpoch() + i));
    return starts;
}

} // namespace

TEST_CASE("windows stay inside their document and the rest is counted") {
    const auto packing = Packing::make({10, 3, 8}, {.length = 4, .shuffled = false}).value();
    CHECK(epoch(packing, 0) == std::vector<WindowStart>{0, 4, 13, 17});
    CHECK(epoch(packing, 1) == epoch(packing, 0));
    CHECK(packing.unusedTokens() == 5);
}

TEST_CASE("windows may cross documents when asked") {
    const auto packing = Packing::make({10, 3, 8}, {.length = 4, .crossDocuments = true, .shuffled = false}).value();
    CHECK(epoch(packing, 0) == std::vector<WindowStart>{0, 4, 8, 12, 16});
    CHECK(packing.unusedTokens() == 1);
}

TEST_CASE("every epoch holds every window once, in an order of its own") {
    for (const std::int64_t windows : {1, 2, 3, 7, 64, 1000}) {
        const auto packing = Packing::make({windows * 5}, {.length = 5, .seed = 7}).value();
        for (const std::int64_t number : {0, 1, 5}) {
            auto starts = epoch(packing, number);
            CHECK(std::set<WindowStart>(starts.begin(), starts.end()).size() == static_cast<std::size_t>(windows));
            CHECK(*std::max_element(starts.begin(), starts.end()) == (windows - 1) * 5);
        }
    }
    const auto packing = Packing::make({5000}, {.length = 5, .seed = 7}).value();
    const auto other = Packing::make({5000}, {.length = 5, .seed = 8}).value();
    CHECK(epoch(packing, 0) != epoch(packing, 1));
    CHECK(epoch(packing, 0) != epoch(other, 0));
    CHECK(epoch(packing, 0) == epoch(Packing::make({5000}, {.length = 5, .seed = 7}).value(), 0));
}

TEST_CASE("a text too short for one window says what to do") {
    const auto packing = Packing::make({3, 3}, {.length = 4});
    REQUIRE_FALSE(packing);
    CHECK(packing.error().kind == ErrorKind::usage);
    CHECK(packing.error().message.find("longest document has 3") != std::string::npos);
    CHECK(packing.error().message.find("cross documents") != std::string::npos);
    CHECK_FALSE(Packing::make({}, {.length = 4}));
    CHECK_FALSE(Packing::make({10}, {.length = 0}));
}
