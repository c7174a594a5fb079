// From angle counts to the rows and values of the heat map: arithmetic apart from painting. No Qt.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/rope/angles.h"
#include "views/models/colour_scale.h"

namespace ropescope {

enum class AngleView { trained, target, difference };

// Density of each of `rows` equal parts of [0, 2 pi), 1 where angles are visited evenly. Rows take whole and parts of
// bins, so that the mean over rows is exactly 1.
[[nodiscard]] std::vector<double> densities(const std::vector<std::int64_t>& counts, int rows);

// What a pair's column shows, row 0 at angle 0.
[[nodiscard]] std::vector<double> heatColumn(const PairAngles& pair, AngleView view, int rows);

// The scale for a view: densities 0 .. `bound`, differences -bound .. bound.
[[nodiscard]] ColourScale heatScale(AngleView view);

} // namespace ropescope
