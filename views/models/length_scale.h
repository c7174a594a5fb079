// Positions of a slider over target lengths: logarithmic, because 4,096 to 8,192 matters as much as 500,000 to
// 1,000,000. Pure arithmetic, no Qt.
#pragma once

#include <cstdint>

namespace ropescope {

// From the trained length (position 0) to the longest target (position 1).
struct LengthScale {
    std::int64_t shortest = 1;
    std::int64_t longest = 1;

    // Rounded to three digits; powers of two times the trained length catch the pointer within a hundredth of the
    // scale.
    [[nodiscard]] std::int64_t lengthAt(double position) const;
    [[nodiscard]] double positionOf(std::int64_t length) const;
};

} // namespace ropescope
