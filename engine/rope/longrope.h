// LongRoPE (arXiv 2402.13753) as models carry it: two lists of factors, chosen by length.
#pragma once

#include <optional>
#include <vector>

#include "engine/rope/method.h"

namespace ropescope {

struct LongRopeLists {
    std::vector<double> shortFactors;      // used up to the trained length
    std::vector<double> longFactors;       // used beyond it
    std::optional<double> attentionFactor; // for both lists; sqrt(1 + ln s / ln L) where not given
};

// scale x trained length is the length of the sequence: beyond the trained length (strictly) the long list
// applies. `attentionScale` is the model's own target length / trained length, which fixes the attention factor
// for sequences of every length.
class LongRope final : public RopeMethod {
public:
    LongRope(LongRopeLists lists, double attentionScale)
        : m_lists(std::move(lists)), m_attentionScale(attentionScale) {}
    [[nodiscard]] std::string_view name() const override { return "longrope"; }
    [[nodiscard]] std::string_view summary() const override { return "two lists of factors, chosen by length"; }
    // Usage error as well when a list has not one factor per pair.
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;

private:
    LongRopeLists m_lists;
    double m_attentionScale;
};

} // namespace ropescope
