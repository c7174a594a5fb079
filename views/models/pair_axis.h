// The axis that all tracks share: which rotary pair lies at which x. Pure arithmetic, no Qt.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/rope/factor_set.h"
#include "engine/search/method.h"

namespace ropescope {

// Equal columns for pairs 0 .. pairs-1 between left and left + width, in device-independent pixels.
class PairAxis {
public:
    PairAxis() = default;
    PairAxis(int pairs, double left, double width);

    [[nodiscard]] int pairs() const { return m_pairs; }
    [[nodiscard]] double left() const { return m_left; }
    [[nodiscard]] double right() const { return m_left + m_width; }
    [[nodiscard]] double width() const { return m_width; }
    [[nodiscard]] double columnWidth() const { return m_pairs > 0 ? m_width / m_pairs : 0; }
    // Left edge of a pair's column; `pairs()` gives the right end of the axis.
    [[nodiscard]] double edge(int pair) const { return m_left + columnWidth() * pair; }
    [[nodiscard]] double centre(double pair) const { return m_left + columnWidth() * (pair + 0.5); }
    // None outside the axis.
    [[nodiscard]] std::optional<int> pairAt(double x) const;
    // The nearest pair, for drags that leave the axis; 0 for an empty axis.
    [[nodiscard]] int nearestPair(double x) const;

    bool operator==(const PairAxis&) const = default;

private:
    int m_pairs = 0;
    double m_left = 0;
    double m_width = 0;
};

// Pairs that get a label: equal steps of a round number with the last pair, at least `minimumGap` pixels
// apart.
[[nodiscard]] std::vector<int> labelledPairs(const PairAxis& axis, double minimumGap);

// Tokens per turn of a pair as trained: 2 pi theta^(2i/D).
[[nodiscard]] double wavelength(const RopeGeometry& geometry, double pair);

// The pair, with its fraction, whose wavelength is `length`: up to there one turn fits into the length. None
// when it lies off the axis.
[[nodiscard]] std::optional<double> pairOfWavelength(const RopeGeometry& geometry, double length);

} // namespace ropescope
