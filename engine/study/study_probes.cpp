#include "engine/study/study_probes.h"

#include <algorithm>
#include <array>

namespace ropescope {

std::string_view probeKind(const ProbeResult& result) {
    // In the order of the variant.
    constexpr std::array<std::string_view, std::variant_size_v<ProbeResult>> kinds = {
        "perplexity", "passkey", "landscape", "sensitivity", "compare"};
    return kinds[result.index()];
}

bool sameLandscape(const LandscapeRequest& a, const LandscapeRequest& b) {
    const auto sameAxis = [](const LandscapeAxis& one, const LandscapeAxis& other) {
        return one.pairs == other.pairs && one.range.low == other.range.low && one.range.high == other.range.high &&
               one.range.spacing == other.range.spacing;
    };
    return a.base.factors == b.base.factors && a.base.attentionFactor == b.base.attentionFactor &&
           std::ranges::equal(a.axes, b.axes, sameAxis) && a.points == b.points && a.length == b.length &&
           a.windowLimit == b.windowLimit && a.beginOfText == b.beginOfText && a.attention == b.attention;
}

} // namespace ropescope
