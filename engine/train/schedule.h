// Learning-rate schedules, as the Hugging Face Trainer computes them: a multiplier of the peak rate per optimizer step.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/base/outcome.h"

namespace ropescope {

// Immutable. Steps count from 0, so with a warm-up the first step has multiplier 0 and changes nothing but the
// optimizer's moments, as in the published programs.
class LearningRateSchedule {
public:
    virtual ~LearningRateSchedule() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    // Multiplier for optimizer step `step` of `steps`, of which the first `warmup` rise linearly from 0.
    [[nodiscard]] double multiplier(std::int64_t step, std::int64_t warmup, std::int64_t steps) const;

protected:
    // After the warm-up: `share` of the remaining steps that is done, 0 .. 1.
    [[nodiscard]] virtual double afterWarmup(double share) const = 0;
};

// "constant", "linear" (to 0) or "cosine" (half a period, to 0); a usage error for any other name.
[[nodiscard]] Result<std::unique_ptr<LearningRateSchedule>> makeSchedule(std::string_view name);

} // namespace ropescope
