// DPRoPE (arXiv 2410.01490): every pair either keeps its frequency or is interpolated, whichever disturbs the
// distribution of its angles less.
#pragma once

#include <vector>

#include "engine/rope/method.h"

namespace ropescope {

// KL(trained || target) in nats per pair for both candidates; what a slider over t or over the number of
// interpolated dimensions works on.
struct DpRopeDisturbances {
    double scale = 1;
    std::vector<double> extrapolated; // factor 1
    std::vector<double> interpolated; // factor `scale`
};

// Usage error as RopeMethod::factors, for scales below 1, and for target lengths beyond the angle counts' range.
[[nodiscard]] Result<DpRopeDisturbances> dpRopeDisturbances(const RopeGeometry& geometry, double scale, int bins = 360);

// Interpolates the pairs whose disturbance falls by more than `threshold` (eq. 9); 0 is the pure choice of the
// smaller one, with ties extrapolated.
[[nodiscard]] FactorSet dpRopeByThreshold(const DpRopeDisturbances& disturbances, double threshold);

// Interpolates the `dimensions` / 2 pairs whose disturbance falls most (n-hat in the paper); of equal falls the
// faster pair first. More dimensions than there are: all.
[[nodiscard]] FactorSet dpRopeByDimensions(const DpRopeDisturbances& disturbances, int dimensions);

// The published choice: threshold 0, 360 bins, no attention factor.
class DpRope final : public RopeMethod {
public:
    [[nodiscard]] std::string_view name() const override { return "dprope"; }
    [[nodiscard]] std::string_view summary() const override {
        return "each pair kept or interpolated, whichever disturbs its angles less";
    }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;
};

} // namespace ropescope
