// Published training settings by name.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/base/outcome.h"
#include "engine/train/training_plan.h"

namespace ropescope {

struct TrainingRecipe {
    std::string_view name;
    std::string_view source; // for people: where the numbers were published
    std::int64_t steps = 0;
    std::int64_t batch = 1, accumulation = 1; // sequences of a step: their product
    OptimizerSettings optimizer;
    TrainingMethod method = TokenMethod{};
};

[[nodiscard]] std::span<const TrainingRecipe> trainingRecipes();
// Usage error naming all recipes for an unknown one.
[[nodiscard]] Result<TrainingRecipe> findRecipe(std::string_view name);

} // namespace ropescope
