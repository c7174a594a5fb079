// Factors and attention factor under training, through their logarithms: they stay above 0.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/model/detail/learnable_rotary.h"
#include "engine/rope/factor_set.h"
#include "engine/train/detail/adamw.h"
#include "engine/train/training_plan.h"

namespace ropescope::detail {

// Float64 throughout, AdamW with the run's betas and schedule, no decay; not part of the clipped norm, whose scale is
// that of the weights.
class LearnedFactors {
public:
    LearnedFactors(FactorSet start, const FactorLearning& learning, OptimizerSettings settings);

    [[nodiscard]] FactorSet set() const;
    void addGradient(const LearnableRotary::Gradient& gradient);
    // One step at `multiplier` x the peak rate; the gradients are forgotten.
    void step(double multiplier);
    void reset() { m_optimizer.reset(); }

    // Exact.
    [[nodiscard]] nlohmann::json state() const;
    void restore(const nlohmann::json& state);

private:
    FactorSet m_start;
    double m_rate;
    at::Tensor m_logarithms; // [pairs + 1]: factors, attention factor
    AdamW m_optimizer;
};

} // namespace ropescope::detail
