// Rotary tables under differentiation: what a loss thinks of every factor and of the attention factor.
#pragma once

#include <vector>

#include "engine/model/detail/rotary.h"

namespace ropescope::detail {

// Hands out tables whose gradients it collects. Gradients stop at the tables (float32 whatever the activation type) and
// are carried on to the factors by the formula, in float64, so no graph of positions x pairs outlives a layer:
// phase = position * theta_i / lambda_i, d phase / d ln lambda_i = -phase.
class LearnableRotary final : public RotarySource {
public:
    LearnableRotary(const RopeGeometry& geometry, const FactorSet& set);
    [[nodiscard]] RotaryTables tables(std::int64_t first, std::int64_t count, at::ScalarType type,
                                      at::Device device) override;

    struct Gradient {
        std::vector<double> byLogFactor; // d loss / d ln lambda_i
        double byAttentionFactor = 0;
    };
    // Summed over every backward pass through tables handed out so far.
    [[nodiscard]] Gradient gradient() const;

private:
    struct Handed {
        std::int64_t first = 0;
        at::Tensor cosine, sine; // leaves
    };

    FactorRotary m_plain;
    std::vector<float> m_frequencies;
    double m_attentionFactor = 1;
    std::vector<Handed> m_handed;
};

} // namespace ropescope::detail
