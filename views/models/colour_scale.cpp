#include "views/models/colour_scale.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ropescope {

namespace {

constexpr double displayGamma = 2.2;

int mixedChannel(int from, int to, double fraction) {
    const double a = std::pow(from / 255.0, displayGamma);
    const double b = std::pow(to / 255.0, displayGamma);
    return static_cast<int>(std::lround(255 * std::pow(a + (b - a) * fraction, 1 / displayGamma)));
}

} // namespace

Rgb mixed(Rgb from, Rgb to, double fraction) {
    const double f = std::clamp(fraction, 0.0, 1.0);
    return rgb(mixedChannel(redOf(from), redOf(to), f), mixedChannel(greenOf(from), greenOf(to), f),
               mixedChannel(blueOf(from), blueOf(to), f));
}

Rgb setColour(int index, bool dark) {
    static constexpr std::array<Rgb, setColourCount> light{
        rgb(0x00, 0x72, 0xb2), rgb(0xe6, 0x9f, 0x00), rgb(0x00, 0x9e, 0x73), rgb(0xcc, 0x79, 0xa7),
        rgb(0xd5, 0x5e, 0x00), rgb(0x56, 0xb4, 0xe9), rgb(0xb8, 0xa8, 0x1c), rgb(0x8a, 0x8f, 0x98)};
    static constexpr std::array<Rgb, setColourCount> onDark{
        rgb(0x56, 0xb4, 0xe9), rgb(0xf0, 0xb4, 0x30), rgb(0x2f, 0xbf, 0x93), rgb(0xdd, 0x92, 0xbb),
        rgb(0xee, 0x85, 0x3a), rgb(0x3d, 0x8f, 0xd0), rgb(0xf0, 0xe4, 0x42), rgb(0xa4, 0xa9, 0xb1)};
    const auto i = static_cast<std::size_t>(((index % setColourCount) + setColourCount) % setColourCount);
    return dark ? onDark[i] : light[i];
}

ColourMap::ColourMap(std::vector<Rgb> anchors) {
    const auto last = static_cast<double>(anchors.size() - 1);
    for (std::size_t i = 0; i < m_table.size(); ++i) {
        const double position = last * static_cast<double>(i) / static_cast<double>(m_table.size() - 1);
        const auto below = std::min(static_cast<std::size_t>(position), anchors.size() - 1);
        const auto above = std::min(below + 1, anchors.size() - 1);
        m_table[i] = mixed(anchors[below], anchors[above], position - static_cast<double>(below));
    }
}

Rgb ColourMap::at(double fraction) const {
    const double bounded = fraction > 0 ? std::min(fraction, 1.0) : 0.0;
    return m_table[static_cast<std::size_t>(std::lround(bounded * static_cast<double>(m_table.size() - 1)))];
}

const ColourMap& sequentialMap() {
    static const ColourMap map({rgb(0x00, 0x22, 0x4e), rgb(0x12, 0x35, 0x70), rgb(0x3b, 0x49, 0x6c),
                                rgb(0x57, 0x5d, 0x6d), rgb(0x70, 0x71, 0x73), rgb(0x8a, 0x86, 0x78),
                                rgb(0xa5, 0x9c, 0x74), rgb(0xc3, 0xb3, 0x69), rgb(0xe1, 0xcc, 0x55),
                                rgb(0xfe, 0xe8, 0x38)});
    return map;
}

ColourMap divergingMap(Rgb ground, bool dark) {
    if (dark)
        return ColourMap({rgb(0xbf, 0xdc, 0xf5), rgb(0x63, 0xaa, 0xe4), rgb(0x2c, 0x66, 0x9c), ground,
                          rgb(0x8a, 0x54, 0x27), rgb(0xd8, 0x92, 0x52), rgb(0xf8, 0xdc, 0xbc)});
    return ColourMap({rgb(0x06, 0x24, 0x52), rgb(0x1d, 0x5c, 0x98), rgb(0x83, 0xb3, 0xd6), ground,
                      rgb(0xe3, 0xb0, 0x80), rgb(0xb4, 0x65, 0x1f), rgb(0x5a, 0x24, 0x05)});
}

double ColourScale::fraction(double value) const {
    const double from = std::asinh(low / knee);
    const double to = std::asinh(high / knee);
    return (std::asinh(value / knee) - from) / (to - from);
}

double ColourScale::value(double fraction) const {
    const double from = std::asinh(low / knee);
    const double to = std::asinh(high / knee);
    return knee * std::sinh(from + fraction * (to - from));
}

} // namespace ropescope
