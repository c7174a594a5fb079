#include "engine/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace ropescope {
namespace {

class ConstantSchedule final : public LearningRateSchedule {
public:
    std::string_view name() const override { return "constant"; }

protected:
    double afterWarmup(double /*share*/) const override { return 1; }
};

class LinearSchedule final : public LearningRateSchedule {
public:
    std::string_view name() const override { return "linear"; }

protected:
    double afterWarmup(double share) const override { return 1 - share; }
};

class CosineSchedule final : public LearningRateSchedule {
public:
    std::string_view name() const override { return "cosine"; }

protected:
    double afterWarmup(double share) const override { return 0.5 * (1 + std::cos(std::numbers::pi * share)); }
};

} // namespace

double LearningRateSchedule::multiplier(std::int64_t step, std::int64_t warmup, std::int64_t steps) const {
    if (step < warmup)
        return static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, warmup));
    const auto done = static_cast<double>(step - warmup);
    const auto all = static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
    return std::max(0.0, afterWarmup(std::min(1.0, done / all)));
}

Result<std::unique_ptr<LearningRateSchedule>> makeSchedule(std::string_view name) {
    if (name == "constant")
        return std::make_unique<ConstantSchedule>();
    if (name == "linear")
        return std::make_unique<LinearSchedule>();
    if (name == "cosine")
        return std::make_unique<CosineSchedule>();
    return fail(usageError(fmt::format("unknown schedule '{}': expected constant, linear or cosine", name)));
}

} // namespace ropescope
