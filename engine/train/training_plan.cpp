#include "engine/train/training_plan.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "engine/train/distillation.h"
#include "engine/train/schedule.h"

namespace ropescope {
namespace {

constexpr std::int64_t mostSteps = 1'000'000'000, mostSequences = 1 << 20, longestSequence = 1 << 30,
                       largestPatch = 1 << 16;
constexpr double mostTokens = 1e18; // counts of them stay far inside an int64

Result<void> between(const char* what, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value >= low && value <= high)
        return {};
    return fail(usageError(fmt::format("{}: expected {} to {}, got {}", what, low, high, value)));
}

Result<void> finite(const char* what, double value, bool ok, const char* expected) {
    if (std::isfinite(value) && ok)
        return {};
    return fail(usageError(fmt::format("{}: expected {}, got {}", what, expected, value)));
}

Result<void> checkOptimizer(const OptimizerSettings& settings) {
    const auto beta = [](double value) { return value >= 0 && value < 1; };
    for (const auto& checked :
         {finite("learning rate", settings.learningRate, settings.learningRate > 0, "a number above 0"),
          finite("beta 1", settings.beta1, beta(settings.beta1), "a number from 0 to below 1"),
          finite("beta 2", settings.beta2, beta(settings.beta2), "a number from 0 to below 1"),
          finite("epsilon", settings.epsilon, settings.epsilon > 0, "a number above 0"),
          finite("weight decay", settings.weightDecay, settings.weightDecay >= 0, "0 or more"),
          finite("clip", settings.clip, settings.clip >= 0, "a norm above 0, or 0 for no clipping"),
          between("warm-up steps", settings.warmup, 0, mostSteps)})
        if (!checked)
            return checked;
    if (auto schedule = makeSchedule(settings.schedule); !schedule)
        return fail(schedule.error());
    return {};
}

Result<void> checkNumbers(const TrainingPlan& plan) {
    for (const auto& checked :
         {between("length", plan.length, 2, longestSequence), between("steps", plan.steps, 1, mostSteps),
          between("batch", plan.batch, 1, mostSequences), between("accumulation", plan.accumulation, 1, mostSequences),
          between("checkpoint interval", plan.checkpointInterval, 1, mostSteps)})
        if (!checked)
            return checked;
    const double tokens = static_cast<double>(plan.steps) * static_cast<double>(plan.batch * plan.accumulation) *
                          static_cast<double>(plan.length);
    if (tokens > mostTokens)
        return fail(usageError(fmt::format("steps x batch x accumulation x length: expected {:.0e} tokens at most, got "
                                           "{:.0e}",
                                           mostTokens, tokens)));
    if (plan.saveAs != StoredType::f32 && plan.saveAs != StoredType::bf16)
        return fail(usageError("a trained model is saved as f32 or bf16"));
    if (plan.learnFactors)
        if (auto checked = finite("learning rate of the factors", plan.learnFactors->learningRate,
                                  plan.learnFactors->learningRate > 0, "a number above 0");
            !checked)
            return checked;
    return checkOptimizer(plan.optimizer);
}

// Steps of stage one, so that `share` of all tokens are read in it (rounded to whole steps).
std::int64_t patchSteps(const PatchMethod& method, std::int64_t patchLength, const TrainingPlan& plan) {
    const auto one = static_cast<double>(patchLength) * (1 - method.share);
    const auto two = static_cast<double>(plan.length) * method.share;
    return std::llround(static_cast<double>(plan.steps) * two / (one + two));
}

Result<std::vector<TrainingStage>> patchStages(const PatchMethod& method, const TrainingPlan& plan) {
    if (auto checked = between("patch size K", method.patch, 1, largestPatch); !checked)
        return fail(checked.error());
    if (auto checked =
            finite("share of the patch stage", method.share, method.share >= 0 && method.share <= 1, "0 to 1");
        !checked)
        return fail(checked.error());
    const std::int64_t length = method.length != 0 ? method.length : method.patch * plan.length;
    if (auto checked = between("patch length", length, 1, longestSequence); !checked)
        return fail(checked.error());
    if (length % method.patch != 0)
        return fail(usageError(fmt::format(
            "the patch length {} is no multiple of the patch size {}: the nearest are {} "
            "and {}",
            length, method.patch, length / method.patch * method.patch, (length / method.patch + 1) * method.patch)));
    if (length < 2 * method.patch)
        return fail(
            usageError(fmt::format("a sequence of {} tokens is one patch of {} and predicts nothing: at least {} "
                                   "tokens are needed",
                                   length, method.patch, 2 * method.patch)));
    const std::int64_t first = patchSteps(method, length, plan);
    std::vector<TrainingStage> stages;
    if (first > 0)
        stages.push_back({method.patch, length, 0, first, 0});
    if (first < plan.steps) {
        const std::int64_t read = first * plan.batch * plan.accumulation * length;
        stages.push_back({1, plan.length, first, plan.steps - first, (read + plan.length - 1) / plan.length});
    }
    return stages;
}

Result<void> checkContext(const ContextReading& reading, std::int64_t context, const TrainingPlan& plan) {
    if (std::holds_alternative<FromScratch>(plan.start))
        return fail(usageError("a CEPE model begins with a decoder and an encoder that are there: make it with "
                               "cepe-init and name it"));
    if (auto checked = between("chunk", reading.chunk, 1, longestSequence); !checked)
        return checked;
    return context == 0 && plan.length >= 4 ? Result<void>() : between("context", context, 1, plan.length - 2);
}

Result<void> checkDistillation(const CepedMethod& method) {
    for (const auto& checked :
         {between("tokens of the teacher", method.top, 1, 1 << 20),
          finite("weight of the NLL", method.crossEntropy, method.crossEntropy >= 0, "0 or more"),
          finite("weight of the divergence", method.divergence, method.divergence > 0, "a number above 0")})
        if (!checked)
            return checked;
    if (auto mode = parseDivergenceMode(method.mode); !mode)
        return fail(mode.error());
    return {};
}

// Of CEPE's methods; the others have their own.
Result<void> checkCepe(const TrainingPlan& plan) {
    if (const auto* encoder = std::get_if<CepeEncoderMethod>(&plan.method))
        return finite("share of masked tokens", encoder->share, encoder->share > 0 && encoder->share < 1,
                      "a number between 0 and 1");
    if (const auto* warmup = std::get_if<CepeWarmupMethod>(&plan.method))
        return checkContext(warmup->reading, 1, plan);
    if (const auto* cepe = std::get_if<CepeMethod>(&plan.method))
        return checkContext(cepe->reading, cepe->context, plan);
    const auto* ceped = std::get_if<CepedMethod>(&plan.method);
    if (!ceped)
        return {};
    if (auto checked = checkContext(ceped->reading, ceped->context, plan); !checked)
        return checked;
    return checkDistillation(*ceped);
}

Result<void> checkLora(const LoraMethod& method, const TrainingPlan& plan) {
    if (auto checked = between("rank", method.rank, 1, 1 << 16); !checked)
        return checked;
    if (method.alpha && !(std::isfinite(*method.alpha) && *method.alpha > 0))
        return fail(usageError(fmt::format("alpha: expected a number above 0, got {}", *method.alpha)));
    if (method.targets.empty())
        return fail(usageError("low-rank training needs a target: some of q, k, v, o, gate, up, down"));
    if (std::holds_alternative<FromScratch>(plan.start))
        return fail(
            usageError("low-rank training refines an existing model: name one instead of training from scratch"));
    return {};
}

Result<void> checkMixed(const MixedMethod& method, const TrainingPlan& plan) {
    if (auto checked = finite("share of short windows", method.share, method.share >= 0 && method.share <= 1, "0 to 1");
        !checked)
        return checked;
    if (std::holds_alternative<FromScratch>(plan.start))
        return fail(usageError("mixed windows keep what a model can do already: name one instead of training from "
                               "scratch"));
    if (!plan.factors)
        return fail(usageError("mixed windows need the factors of the long ones"));
    if (plan.learnFactors)
        return fail(usageError("mixed windows are trained under given factors, which can't be learned meanwhile"));
    return {};
}

} // namespace

std::string methodText(const TrainingMethod& method) {
    if (const auto* patch = std::get_if<PatchMethod>(&method))
        return fmt::format("patch:{},{}", patch->patch, patch->share);
    if (const auto* lora = std::get_if<LoraMethod>(&method))
        return fmt::format("lora:{}", lora->rank);
    if (const auto* mixed = std::get_if<MixedMethod>(&method))
        return fmt::format("mixed:{}", mixed->share);
    static constexpr std::array words{"token",       "patch", "lora",  "cepe-encoder",
                                      "cepe-warmup", "cepe",  "ceped", "mixed"};
    static_assert(words.size() == std::variant_size_v<TrainingMethod>);
    return words.at(method.index());
}

const ContextReading* contextReading(const TrainingMethod& method) {
    if (const auto* warmup = std::get_if<CepeWarmupMethod>(&method))
        return &warmup->reading;
    if (const auto* cepe = std::get_if<CepeMethod>(&method))
        return &cepe->reading;
    const auto* ceped = std::get_if<CepedMethod>(&method);
    return ceped ? &ceped->reading : nullptr;
}

ContextSplit contextSplit(const TrainingMethod& method, std::int64_t length) {
    if (std::holds_alternative<CepeWarmupMethod>(method))
        return {length, length};
    const auto* ceped = std::get_if<CepedMethod>(&method);
    const std::int64_t asked = ceped ? ceped->context : std::get<CepeMethod>(method).context;
    const std::int64_t context = asked == 0 ? length / 2 : asked;
    return {context, length - context};
}

std::filesystem::path trainingSource(const TrainingPlan& plan) {
    const auto* scratch = std::get_if<FromScratch>(&plan.start);
    return scratch ? scratch->config : std::get<ExistingModel>(plan.start).path;
}

Result<std::vector<TrainingStage>> planStages(const TrainingPlan& plan) {
    if (auto checked = checkNumbers(plan); !checked)
        return fail(checked.error());
    if (const auto* patch = std::get_if<PatchMethod>(&plan.method))
        return patchStages(*patch, plan);
    if (const auto* lora = std::get_if<LoraMethod>(&plan.method))
        if (auto checked = checkLora(*lora, plan); !checked)
            return fail(checked.error());
    if (const auto* mixed = std::get_if<MixedMethod>(&plan.method))
        if (auto checked = checkMixed(*mixed, plan); !checked)
            return fail(checked.error());
    const bool cepe = contextReading(plan.method) || std::holds_alternative<CepeEncoderMethod>(plan.method);
    if (cepe && plan.learnFactors)
        return fail(usageError(
            fmt::format("{} trains no factors: learn them with tokens, patches or adapters", methodText(plan.method))));
    if (auto checked = checkCepe(plan); !checked)
        return fail(checked.error());
    return std::vector<TrainingStage>{{1, plan.length, 0, plan.steps, 0}};
}

} // namespace ropescope
