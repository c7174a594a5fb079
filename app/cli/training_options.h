// How to train, as typed: what was given wins over a recipe, a recipe over the defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "engine/train/training_plan.h"

namespace ropescope::cli {

struct TrainingOptions {
    std::int64_t length = 0;
    std::string method; // empty: the recipe's, or token
    std::optional<std::int64_t> patchLength, steps, batch, accumulation, warmup, context, chunk, top;
    std::optional<double> learningRate, epsilon, weightDecay, clip, alpha, factorRate, masked, lossWeight,
        divergenceWeight;
    std::vector<double> betas;
    std::vector<std::string> targets;
    std::string decay, schedule, recipe, teacher, teacherAnswers, divergence;
    std::string saveAs = "fp32";
    std::uint64_t seed = 42;
    std::int64_t checkpointInterval = 100;
    bool crossDocuments = false, learnFactors = false, freezeEncoder = false;
};

void declareTraining(CLI::App& app, TrainingOptions& options);

// Without start, factors, device and output. Usage errors name the option.
[[nodiscard]] Result<TrainingPlan> trainingPlan(const TrainingOptions& options);

} // namespace ropescope::cli
