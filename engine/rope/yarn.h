// YaRN (arXiv 2309.00071): fast pairs keep their frequency, slow pairs are interpolated, a ramp between.
#pragma once

#include <optional>

#include "engine/rope/method.h"

namespace ropescope {

// The ramp's corners in turns over the trained length, and the attention factor. Defaults are the paper's for
// Llama; DCIS and LongRoPE take 128 and 2 for Mistral.
struct YarnOptions {
    double betaFast = 32;
    double betaSlow = 1;
    bool truncate = true;                  // corners rounded outwards to whole pairs
    std::optional<double> attentionFactor; // 0.1 ln s + 1 where not given
};

// factor_i = 1 / ((1 - r_i) + r_i / s), r_i = clamp((i - low) / (high - low), 0, 1); low and high are the pair
// indices that make betaFast and betaSlow turns, kept within 0 .. D-1 (not D/2-1) as in the authors' program,
// with 0.001 between them where they coincide.
class Yarn final : public RopeMethod {
public:
    explicit Yarn(YarnOptions options = {}) : m_options(options) {}
    [[nodiscard]] std::string_view name() const override { return "yarn"; }
    [[nodiscard]] std::string_view summary() const override {
        return "fast pairs kept, slow pairs interpolated, attention sharpened";
    }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;

private:
    YarnOptions m_options;
};

} // namespace ropescope
