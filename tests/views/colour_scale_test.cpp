#include "views/models/colour_scale.h"

#include <cmath>
#include <set>

#include "tests/support/catch.h"

using namespace ropescope;

namespace {

double lightness(Rgb colour) {
    return 0.2126 * redOf(colour) + 0.7152 * greenOf(colour) + 0.0722 * blueOf(colour);
}

} // namespace

TEST_CASE("The sequential map grows lighter all the way") {
    for (int i = 1; i <= 40; ++i)
        CHECK(lightness(sequentialMap().at(i / 40.0)) > lightness(sequentialMap().at((i - 1) / 40.0)));
}

TEST_CASE("Zero has the ground's colour, and both sides leave it") {
    const Rgb ground = rgb(0xf1, 0xf1, 0xee);
    const ColourMap map = divergingMap(ground, false);
    const ColourScale scale{-4, 4, 0.35};
    const Rgb middle = map.at(scale.fraction(0));
    CHECK(std::abs(redOf(middle) - redOf(ground)) <= 1);
    CHECK(std::abs(blueOf(middle) - blueOf(ground)) <= 1);
    CHECK(blueOf(map.at(scale.fraction(-2))) > redOf(map.at(scale.fraction(-2))));
    CHECK(redOf(map.at(scale.fraction(2))) > blueOf(map.at(scale.fraction(2))));
}

TEST_CASE("Values beyond the range saturate and NaN is a colour too") {
    const ColourScale scale{0, 4, 1};
    CHECK(sequentialMap().at(scale.fraction(1e9)) == sequentialMap().at(1));
    CHECK(sequentialMap().at(scale.fraction(-5)) == sequentialMap().at(0));
    CHECK(sequentialMap().at(std::nan("")) == sequentialMap().at(0));
    CHECK(scale.value(scale.fraction(2.5)) == Approx(2.5));
}

TEST_CASE("Set colours differ from each other, lighter on dark ground") {
    std::set<Rgb> light;
    for (int i = 0; i < setColourCount; ++i) {
        light.insert(setColour(i, false));
        if (i != 5 && i != 0) // blue and sky blue change places in lightness
            CHECK(lightness(setColour(i, true)) > lightness(setColour(i, false)));
    }
    CHECK(light.size() == static_cast<std::size_t>(setColourCount));
    CHECK(setColour(setColourCount, false) == setColour(0, false));
}
