// What a checkpoint of a run holds beside the model: everything needed to go on as if nothing had happened. There is no
// random state: sequences and first weights depend on the seed and their own number or name alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/train/detail/adamw.h"
#include "engine/train/training_plan.h"

namespace ropescope::detail {

// What must be the same for a run to be continued.
[[nodiscard]] nlohmann::json planJson(const TrainingPlan& plan, const std::string& modelIdentity,
                                      const std::string& textIdentity, const FactorSet& factors, at::ScalarType type);

// Usage error naming the first setting that differs.
void requireSamePlan(const nlohmann::json& saved, const nlohmann::json& now, const std::filesystem::path& checkpoint);

// training.json of a checkpoint, whole: {"plan", "step", "losses", "seconds", ...}. Both raise.
void writeState(const std::filesystem::path& checkpoint, const nlohmann::json& state);
[[nodiscard]] nlohmann::json readState(const std::filesystem::path& checkpoint);

// The optimizer's moments, and the trained tensors themselves where `withTensors`, in a folder of `checkpoint`.
void saveOptimizer(const std::filesystem::path& checkpoint, const AdamW& optimizer, bool withTensors);
void loadOptimizer(const std::filesystem::path& checkpoint, const AdamW& optimizer, bool withTensors);

} // namespace ropescope::detail
