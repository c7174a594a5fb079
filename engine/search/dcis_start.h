// The YaRN start of published DCIS searches, in the authors' own float32 arithmetic.
#pragma once

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"

namespace ropescope {

struct DcisStartOptions {
    double betaFast = 32; // Mistral searches took 128 and 2
    double betaSlow = 1;
};

// factor_i = (1 / (r_i + s (1 - r_i))) s, every operation rounded to float32; the ramp r_i as in engine/rope/yarn.h
// (corners rounded outwards). Differs from the exact formula in the last bit here and there, which a search bit for
// bit as published would carry along. Usage error where the formula has no value.
[[nodiscard]] Result<FactorSet> dcisYarnStart(const RopeGeometry& geometry, double scale,
                                              const DcisStartOptions& options = {});

} // namespace ropescope
