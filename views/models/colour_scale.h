// Colours for data: the fixed order of the factor sets and the maps of heat maps. Values, not QColor, so that
// models need Qt Core only; the packing is that of QRgb.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace ropescope {

// 0xffRRGGBB.
using Rgb = std::uint32_t;

[[nodiscard]] constexpr Rgb rgb(int red, int green, int blue) {
    return 0xff000000U | static_cast<Rgb>(red) << 16U | static_cast<Rgb>(green) << 8U | static_cast<Rgb>(blue);
}
[[nodiscard]] constexpr int redOf(Rgb colour) {
    return static_cast<int>(colour >> 16U & 0xffU);
}
[[nodiscard]] constexpr int greenOf(Rgb colour) {
    return static_cast<int>(colour >> 8U & 0xffU);
}
[[nodiscard]] constexpr int blueOf(Rgb colour) {
    return static_cast<int>(colour & 0xffU);
}

// `from` at 0, `to` at 1, mixed in linear light so that steps look even.
[[nodiscard]] Rgb mixed(Rgb from, Rgb to, double fraction);

// Okabe and Ito's colours in the order in which sets get them, grey last; lighter lines on dark ground.
constexpr int setColourCount = 8;
// The search's own vector is blue on every chart; other sets take the colours after it.
constexpr int searchColour = 0;
[[nodiscard]] Rgb setColour(int index, bool dark);

// Anchors at equal distances from 0 to 1, mixed between.
class ColourMap {
public:
    explicit ColourMap(std::vector<Rgb> anchors);
    // `fraction` is clamped to 0 .. 1; NaN gives the first colour.
    [[nodiscard]] Rgb at(double fraction) const;

private:
    std::array<Rgb, 256> m_table{};
};

// Cividis: even in lightness, the same for colour-blind people (Nunez et al. 2018).
[[nodiscard]] const ColourMap& sequentialMap();
// Blue below, brown above, after Crameri's vik; the middle is the ground the map lies on.
[[nodiscard]] ColourMap divergingMap(Rgb ground, bool dark);

// How values become colours. Differences are symmetric about zero; values beyond the range saturate.
// The scale is linear up to `knee` and logarithmic beyond (asinh), because densities span decades.
struct ColourScale {
    double low = 0;
    double high = 1;
    double knee = 1;

    // 0 at low, 1 at high; 0.5 at zero for a symmetric range. NaN stays NaN.
    [[nodiscard]] double fraction(double value) const;
    // The value whose fraction is given: for the ticks of a colour bar.
    [[nodiscard]] double value(double fraction) const;
};

} // namespace ropescope
