// A run of neighbouring rotary pairs.
#pragma once

namespace ropescope {

// Pairs first .. end-1.
struct Segment {
    int first = 0;
    int end = 0;

    [[nodiscard]] int width() const { return end - first; }
    bool operator==(const Segment&) const = default;
};

} // namespace ropescope
