// What a training run will take, before it starts: operations, time, memory by part, and what to change where it does
// not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/model_config.h"
#include "engine/train/training_plan.h"

namespace ropescope {

// Bytes. The first three are exact; activations are those of one forward and backward pass at its highest point: the
// inputs of all layers, one layer's intermediate results, the logits at hand, weights converted for half-precision
// products.
struct TrainingMemory {
    std::int64_t weights = 0, gradients = 0, optimizer = 0, activations = 0;
    [[nodiscard]] std::int64_t total() const { return weights + gradients + optimizer + activations; }
};

struct TrainingEstimate {
    std::string device; // for people: "CPU, 2 threads"
    std::int64_t parameters = 0, trainedParameters = 0;
    std::int64_t tokens = 0; // that the run reads
    // Floating-point operations of all matrix products and attention: forward, recomputed forward, backward. Counted
    // from the shapes; a multiplication with its addition is two.
    double operations = 0;
    std::optional<double> seconds; // without checkpoints; none where it wasn't asked for or one layer alone won't fit,
                                   // and for a CEPE model
    TrainingMemory memory;
    std::int64_t availableBytes = 0; // free for this process on the host, installed on a GPU; 0: not known
    // What is too large and what would fit instead; empty where it fits or the memory isn't known.
    std::string advice;

    [[nodiscard]] bool fits() const { return advice.empty(); }
};

// Operations and memory of a stage on a model of this shape; reads no file and computes nothing.
[[nodiscard]] double trainingOperations(const ModelConfig& config, const TrainingPlan& plan,
                                        const TrainingStage& stage);
[[nodiscard]] TrainingMemory trainingMemory(const ModelConfig& config, const TrainingPlan& plan,
                                            const TrainingStage& stage, ComputeType type);
// What training changes: all parameters, those of the adapters, or those that read a context.
[[nodiscard]] std::int64_t trainedParameters(const ModelConfig& config, const TrainingMethod& method);

// What is too large for `available` bytes and what would fit instead, from the mildest change on: smaller batches with
// more accumulation, adapters in place of all parameters, shorter sequences. Empty where the plan fits.
[[nodiscard]] std::string memoryAdvice(const ModelConfig& config, const TrainingPlan& plan, ComputeType type,
                                       std::int64_t available);

// Everything of a plan. With `timed`, the time comes from real steps of one layer of this shape on this device, which
// takes a second or two. Errors as of the plan, the configuration and the device. Blocking.
[[nodiscard]] Outcome<TrainingEstimate> estimateTraining(const TrainingPlan& plan, bool timed,
                                                         const RunControl& control);

} // namespace ropescope
