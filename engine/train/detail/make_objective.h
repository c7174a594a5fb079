// A plan's method as an objective, and what it asks of the model.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/base/run_control.h"
#include "engine/train/detail/trained_weights.h"
#include "engine/train/detail/training_objective.h"
#include "engine/train/training_plan.h"

namespace ropescope::detail {

// Raises a usage error unless the method can train this model.
void requireMethodFits(const TrainingPlan& plan, const ModelConfig& config);

// The weights that the method trains.
[[nodiscard]] std::unique_ptr<TrainedWeights> trainedBy(const TrainingPlan& plan, Network& network);

// What the stored answers of a teacher belong to.
struct RunIdentity {
    std::string model, text; // as in the run's checkpoints
    const RunControl& control;
};

[[nodiscard]] std::unique_ptr<TrainingObjective> makeObjective(const TrainingPlan& plan,
                                                               const std::shared_ptr<Network>& network,
                                                               const ObjectiveParts& parts, LearnedFactors* learned,
                                                               const RunIdentity& run);

} // namespace ropescope::detail
