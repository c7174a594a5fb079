// Which scales of a landscape to evaluate next: asked for points and told their values, it knows of no model. Pure
// arithmetic and deterministic, so that an interrupted landscape, told what it already had, goes on where it was.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

enum class AxisSpacing { linear, logarithmic };

// The range over which one segment's factors are multiplied by a common scale.
struct ScaleAxis {
    double low = 0.5;
    double high = 2;
    AxisSpacing spacing = AxisSpacing::logarithmic;

    // The scale at a share 0 .. 1 of the range.
    [[nodiscard]] double at(double share) const;
    // The inverse of at.
    [[nodiscard]] double shareOf(double scale) const;
};

class LandscapeSampler {
public:
    virtual ~LandscapeSampler() = default;
    // Points wanted now, one scale per axis, most useful first; asked again until all are told. Empty when finished.
    [[nodiscard]] virtual std::vector<std::vector<double>> wanted() const = 0;
    // The value (mean NLL; NaN and infinity allowed) at a wanted point; others are ignored.
    virtual void tell(const std::vector<double>& scale, double value) = 0;
    [[nodiscard]] virtual int plannedPoints() const = 0;
};

// One axis: an even start with scale 1 in it where the range holds it, then always the interval in which a straight
// line between its ends would be the worst guess (its squared width times the bend at its ends, and a small share for
// its mere width, so that wide gaps are looked into).
[[nodiscard]] Result<std::unique_ptr<LandscapeSampler>> sampleCurve(const ScaleAxis& axis, int points);

// Two axes: `points` by `points`, every eighth line first, then every fourth, until all are there.
[[nodiscard]] Result<std::unique_ptr<LandscapeSampler>> sampleGrid(const ScaleAxis& first, const ScaleAxis& second,
                                                                   int points);

} // namespace ropescope
