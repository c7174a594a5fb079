#include "engine/train/recipes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ropescope {
namespace {

OptimizerSettings fineTuning() {
    OptimizerSettings settings;
    settings.learningRate = 2e-5;
    settings.beta1 = 0.9;
    settings.beta2 = 0.95;
    settings.schedule = "linear";
    settings.warmup = 20;
    return settings;
}

OptimizerSettings withoutWarmup(OptimizerSettings settings) {
    settings.warmup = 0;
    return settings;
}

// The recipe's 2000 steps of warm-up belong to 180,000 steps.
OptimizerSettings patchTraining() {
    OptimizerSettings settings;
    settings.learningRate = 3e-4;
    settings.beta1 = 0.9;
    settings.beta2 = 0.95;
    settings.weightDecay = 0.1;
    settings.decay = DecayGroup::matrices;
    settings.clip = 1;
    settings.schedule = "cosine";
    settings.warmup = 2000;
    return settings;
}

// Peak rate and cosine are the paper's; it tells of neither warm-up nor clipping.
OptimizerSettings mixedTraining() {
    OptimizerSettings settings;
    settings.learningRate = 2e-5;
    settings.schedule = "cosine";
    return settings;
}

} // namespace

std::span<const TrainingRecipe> trainingRecipes() {
    static const std::array recipes{
        // arXiv 2412.18811, its run.sh over YaRN's fine-tuning program: 2 sequences x 8 passes x 4 devices.
        TrainingRecipe{"dcis", "DCIS (arXiv 2412.18811) and YaRN (arXiv 2309.00071): 64 sequences a step", 400, 2, 32,
                       fineTuning()},
        // arXiv 2402.13753, section 4: Llama 2 at 128k, rate 2e-5 with linear decay; no warm-up is told of.
        TrainingRecipe{"longrope", "LongRoPE (arXiv 2402.13753): 32 sequences a step", 400, 1, 32,
                       withoutWarmup(fineTuning())},
        // arXiv 2502.20082, section 4: 10B tokens, a tenth of them in short windows. Sequences a step aren't told: one
        // for each of its 64 devices, with the steps that make 10B tokens at 128k.
        TrainingRecipe{"longrope2", "LongRoPE2 (arXiv 2502.20082): mixed windows, 64 sequences a step", 1192, 1, 64,
                       mixedTraining(), MixedMethod{}},
        // arXiv 2407.12665, section 3: 2M tokens a step at 2048 tokens a sequence, the same settings in both stages.
        TrainingRecipe{"patch", "patch-level training (arXiv 2407.12665): 1024 sequences a step", 180'000, 16, 64,
                       patchTraining(), PatchMethod{}}};
    return recipes;
}

Result<TrainingRecipe> findRecipe(std::string_view name) {
    std::string known;
    for (const TrainingRecipe& recipe : trainingRecipes()) {
        if (recipe.name == name)
            return recipe;
        known += fmt::format("{}{}", known.empty() ? "" : ", ", recipe.name);
    }
    return fail(usageError(fmt::format("unknown recipe '{}': expected one of {}", name, known)));
}

} // namespace ropescope
