#include "app/cli/inputs.h"

#include "tests/support/catch.h"

using namespace ropescope;
using namespace ropescope::cli;

namespace {

const RopeGeometry geometry{.headDim = 64, .rotaryDim = 64, .theta = 10000, .trainedLength = 256};

ErrorKind kindOf(const std::string& spec) {
    const auto set = parseFactors(spec, geometry);
    REQUIRE_FALSE(set);
    return set.error().kind;
}

} // namespace

TEST_CASE("factors by the name of a method and its scale") {
    CHECK(parseFactors("none", geometry)->factors == std::vector<double>(32, 1.0));
    CHECK(parseFactors("pi:2.5", geometry)->factors == std::vector<double>(32, 2.5));
    CHECK(parseFactors("yarn:4", geometry)->attentionFactor == Approx(1.138629));
    CHECK(parseFactors("yarn:4", geometry, 1.0)->attentionFactor == 1);
    CHECK(parseFactors("yarn:4", geometry, 1.0)->factors == parseFactors("yarn:4", geometry)->factors);
    for (const char* spec : {"", "pi", "pi:", "pi:x", "pi:4x", "pi:0", "pi:-1", "pi:nan", "unheard:4"})
        CHECK(kindOf(spec) == ErrorKind::usage);
}
