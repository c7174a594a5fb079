// AdamW as PyTorch computes it, and clipping by the global norm.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/train/detail/trained_weights.h"
#include "engine/train/training_plan.h"

namespace ropescope::detail {

// Moments of every trained tensor, in their order, of the same type.
class AdamW {
public:
    AdamW(std::vector<TrainedTensor> tensors, const OptimizerSettings& settings);

    // One step from the gradients at hand (tensors without one are left alone): first the decay, then
    // w -= rate x m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon).
    void step(double rate);
    // Forgets the gradients.
    void clearGradients();
    // Forgets moments and steps, as at the start of a stage.
    void reset();

    struct Moments {
        at::Tensor first, second;
    };
    [[nodiscard]] const std::vector<TrainedTensor>& tensors() const { return m_tensors; }
    [[nodiscard]] const std::vector<Moments>& moments() const { return m_moments; }
    [[nodiscard]] std::int64_t steps() const { return m_steps; }
    void setSteps(std::int64_t steps) { m_steps = steps; }

private:
    std::vector<TrainedTensor> m_tensors;
    std::vector<Moments> m_moments;
    OptimizerSettings m_settings;
    std::int64_t m_steps = 0;
};

// Norm of all gradients together. Where it exceeds `clip` (0: never) they are scaled down to it, as
// torch.nn.utils.clip_grad_norm_ does.
[[nodiscard]] double clipGradients(const std::vector<TrainedTensor>& tensors, double clip);

} // namespace ropescope::detail
