// How fast this machine trains: real steps of a model of one layer.
#pragma once

#include <cstdint>

#include "engine/base/run_control.h"
#include "engine/model/detail/compute_device.h"
#include "engine/model/model_config.h"
#include "engine/train/training_plan.h"

namespace ropescope::detail {

struct SliceTiming {
    std::int64_t sequences = 0, positions = 0; // of the timed pass: patches, or tokens
    double passSeconds = 0;                    // forward and backward
    double updateSeconds = 0;                  // the optimizer's step
    std::int64_t updated = 0;                  // numbers that it changed
};

// Times passes of growing size, up to a batch of the stage, until one takes a good part of a second. `slice` is the
// model's configuration cut down to what is to be timed; its weights are random. Raises.
[[nodiscard]] SliceTiming timeSlice(const ModelConfig& slice, const TrainingPlan& plan, const TrainingStage& stage,
                                    const ComputeDevice& device, const RunControl& control);

} // namespace ropescope::detail
