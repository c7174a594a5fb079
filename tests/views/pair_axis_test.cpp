#include "views/models/pair_axis.h"

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("Every x inside a column belongs to its pair, and nothing outside the axis does") {
    const int pairs = GENERATE(8, 32, 64, 256);
    const PairAxis axis(pairs, 112, 737);
    for (int pair = 0; pair < pairs; ++pair) {
        CHECK(axis.pairAt(axis.edge(pair) + 1e-6) == pair);
        CHECK(axis.pairAt(axis.centre(pair)) == pair);
        CHECK(axis.pairAt(axis.edge(pair + 1) - 1e-6) == pair);
    }
    CHECK(!axis.pairAt(111.9));
    CHECK(!axis.pairAt(112 + 737));
    CHECK(axis.nearestPair(-1000) == 0);
    CHECK(axis.nearestPair(1e9) == pairs - 1);
}

TEST_CASE("An axis without pairs or width holds nothing") {
    CHECK(!PairAxis().pairAt(0));
    CHECK(PairAxis().nearestPair(5) == 0);
    CHECK(!PairAxis(64, 10, -5).pairAt(10));
    CHECK(labelledPairs(PairAxis(), 40).empty());
}

TEST_CASE("Labels keep their distance and name the first and the last pair") {
    const int pairs = GENERATE(1, 8, 20, 32, 48, 64, 128, 256);
    const PairAxis axis(pairs, 0, 800);
    const auto labels = labelledPairs(axis, 56);
    REQUIRE(!labels.empty());
    CHECK(labels.front() == 0);
    CHECK(labels.back() == pairs - 1);
    for (std::size_t i = 1; i < labels.size(); ++i)
        CHECK((labels[i] - labels[i - 1]) * axis.columnWidth() >= 56);
}

TEST_CASE("Wavelengths are those of Llama 2's head, and their inverse finds the pair again") {
    const RopeGeometry llama{128, 128, 10000, 4096};
    CHECK(wavelength(llama, 0) == Approx(6.2831853));
    CHECK(wavelength(llama, 63) == Approx(54410.1).epsilon(1e-4));
    CHECK(pairOfWavelength(llama, wavelength(llama, 21.25)).value() == Approx(21.25));
    // One turn equals the trained length between pairs 45 and 46: 2 pi 10000^(2i/128) = 4096.
    CHECK(pairOfWavelength(llama, 4096).value() == Approx(45.03).epsilon(1e-3));
    CHECK(!pairOfWavelength(llama, 1e7));
    CHECK(!pairOfWavelength(llama, 0));
}
