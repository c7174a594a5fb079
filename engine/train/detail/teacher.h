// CEPED's teacher: a plain language model that reads a whole sequence and says what it expects of the student's part
// (arXiv 2402.16617, section 2.3).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/network.h"
#include "engine/rope/factor_set.h"
#include "engine/train/detail/cepe_objective.h"
#include "engine/train/detail/teacher_store.h"

namespace ropescope::detail {

// The network that teaches, read under its own factors.
struct TeachingNetwork {
    std::shared_ptr<const Network> network;
    const BlockMath& math;
    RopeGeometry rope;
    FactorSet factors;
};

class Teacher {
public:
    // Answers for the positions from `context` on, with the `top` most likely tokens of each. `device` outlives it.
    Teacher(TeachingNetwork network, std::int64_t context, std::int64_t top, TeacherStore store,
            const ComputeDevice& device, std::stop_token stop);

    // For ids [sequences, length] on the device, which lie at `starts` in the text. What isn't stored is computed, and
    // stored; either way the numbers are those of the store, so a run that goes on sees the same ones.
    [[nodiscard]] TeacherTargets targets(const at::Tensor& ids, std::span<const WindowStart> starts);

private:
    [[nodiscard]] TaughtWindow answer(const at::Tensor& ids) const; // [1, length]

    TeachingNetwork m_network;
    std::int64_t m_context, m_top;
    TeacherStore m_store;
    const ComputeDevice& m_device;
    std::stop_token m_stop;
};

} // namespace ropescope::detail
