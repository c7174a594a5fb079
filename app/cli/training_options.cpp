#include "app/cli/training_options.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/inputs.h"
#include "engine/base/resources.h"
#include "engine/train/recipes.h"

namespace ropescope::cli {
namespace {

std::optional<std::int64_t> count(std::string_view word) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return value;
}

// K,LAMBDA
std::optional<PatchMethod> patchMethod(std::string_view numbers) {
    const auto comma = numbers.find(',');
    const auto patch = count(numbers.substr(0, comma));
    const auto share = comma == std::string_view::npos ? std::nullopt : parseNumber(numbers.substr(comma + 1));
    if (!patch || !share)
        return std::nullopt;
    PatchMethod method;
    method.patch = *patch;
    method.share = *share;
    return method;
}

template <class Value, class Given>
void overrideWith(Value& value, const std::optional<Given>& given) {
    if (given)
        value = *given;
}

ContextReading readingOf(const TrainingOptions& options, ContextReading usual) {
    overrideWith(usual.chunk, options.chunk);
    usual.trainEncoder = !options.freezeEncoder;
    return usual;
}

CepedMethod cepedMethod(const TrainingOptions& options) {
    CepedMethod method;
    method.reading = readingOf(options, method.reading);
    overrideWith(method.context, options.context);
    if (!options.teacher.empty())
        method.teacher = modelPath(options.teacher);
    method.targets = options.teacherAnswers;
    overrideWith(method.top, options.top);
    overrideWith(method.crossEntropy, options.lossWeight);
    overrideWith(method.divergence, options.divergenceWeight);
    if (!options.divergence.empty())
        method.mode = options.divergence;
    return method;
}

std::optional<TrainingMethod> cepeMethod(std::string_view word, const TrainingOptions& options) {
    if (word == "cepe-encoder")
        return CepeEncoderMethod{options.masked.value_or(CepeEncoderMethod{}.share)};
    if (word == "cepe-warmup")
        return CepeWarmupMethod{readingOf(options, CepeWarmupMethod{}.reading)};
    if (word == "cepe") {
        CepeMethod method;
        method.reading = readingOf(options, method.reading);
        overrideWith(method.context, options.context);
        return method;
    }
    if (word == "ceped")
        return cepedMethod(options);
    return std::nullopt;
}

Result<TrainingMethod> parseMethod(std::string_view word, const TrainingOptions& options) {
    const auto colon = word.find(':');
    const std::string_view kind = word.substr(0, colon);
    const std::string_view numbers = colon == std::string_view::npos ? "" : word.substr(colon + 1);
    const auto unsuitable = [&](bool given, const char* option, std::initializer_list<std::string_view> wanted) {
        return given && std::find(wanted.begin(), wanted.end(), kind) == wanted.end()
                   ? Result<void>(
                         fail(usageError(fmt::format("{} goes with --method {}", option, fmt::join(wanted, " or ")))))
                   : Result<void>();
    };
    for (const auto& checked : {unsuitable(options.patchLength.has_value(), "--patch-length", {"patch"}),
                                unsuitable(options.alpha.has_value(), "--alpha", {"lora"}),
                                unsuitable(!options.targets.empty(), "--targets", {"lora"}),
                                unsuitable(options.masked.has_value(), "--masked", {"cepe-encoder"}),
                                unsuitable(options.chunk.has_value(), "--chunk", {"cepe-warmup", "cepe", "ceped"}),
                                unsuitable(options.freezeEncoder, "--freeze-encoder", {"cepe-warmup", "cepe", "ceped"}),
                                unsuitable(options.context.has_value(), "--context", {"cepe", "ceped"}),
                                unsuitable(!options.teacher.empty(), "--teacher", {"ceped"}),
                                unsuitable(!options.teacherAnswers.empty(), "--teacher-answers", {"ceped"}),
                                unsuitable(options.top.has_value(), "--teacher-top", {"ceped"}),
                                unsuitable(!options.divergence.empty(), "--divergence", {"ceped"}),
                                unsuitable(options.lossWeight.has_value(), "--loss-weight", {"ceped"}),
                                unsuitable(options.divergenceWeight.has_value(), "--divergence-weight", {"ceped"})})
        if (!checked)
            return fail(checked.error());
    if (!options.divergence.empty() && options.divergence != "drop" && options.divergence != "plain" &&
        !options.divergence.starts_with("smooth"))
        return fail(usageError(
            fmt::format("--divergence: expected drop, smooth_AMOUNT or plain, got \"{}\"", options.divergence)));
    if (const auto cepe = cepeMethod(word, options))
        return *cepe;
    if (word == "token")
        return TokenMethod{};
    if (const auto share = kind == "mixed" ? parseNumber(numbers) : std::nullopt)
        return MixedMethod{*share};
    if (auto patch = kind == "patch" ? patchMethod(numbers) : std::nullopt) {
        patch->length = options.patchLength.value_or(0);
        if (options.patchLength && *options.patchLength < 1)
            return fail(usageError(fmt::format("--patch-length: at least 1 is needed, got {}", *options.patchLength)));
        return *patch;
    }
    if (const auto rank = kind == "lora" ? count(numbers) : std::nullopt) {
        LoraMethod lora;
        lora.rank = *rank;
        lora.alpha = options.alpha;
        if (!options.targets.empty())
            lora.targets = options.targets;
        return lora;
    }
    return fail(usageError(fmt::format("--method: expected token, patch:K,LAMBDA (patch:4,0.5), lora:RANK (lora:8), "
                                       "mixed:SHARE (mixed:0.1), cepe-encoder, cepe-warmup, cepe or ceped, got \"{}\"",
                                       word)));
}

Result<void> overrideOptimizer(OptimizerSettings& optimizer, const TrainingOptions& options) {
    overrideWith(optimizer.learningRate, options.learningRate);
    overrideWith(optimizer.epsilon, options.epsilon);
    overrideWith(optimizer.weightDecay, options.weightDecay);
    overrideWith(optimizer.clip, options.clip);
    overrideWith(optimizer.warmup, options.warmup);
    if (!options.betas.empty() && options.betas.size() != 2)
        return fail(usageError(fmt::format("--betas: expected two numbers A,B, got {}", options.betas.size())));
    if (!options.betas.empty()) {
        optimizer.beta1 = options.betas[0];
        optimizer.beta2 = options.betas[1];
    }
    if (!options.decay.empty())
        optimizer.decay = options.decay == "all" ? DecayGroup::all : DecayGroup::matrices;
    if (!options.schedule.empty())
        optimizer.schedule = options.schedule;
    return {};
}

std::string recipeWords() {
    std::string words;
    for (const TrainingRecipe& recipe : trainingRecipes())
        words += fmt::format("{}{}: {}", words.empty() ? "" : "; ", recipe.name, recipe.source);
    return words;
}

} // namespace

void declareTraining(CLI::App& app, TrainingOptions& options) {
    app.add_option("--length", options.length, "Tokens per sequence, in every stage of token training")->required();
    app.add_option(
        "--method", options.method,
        "token; patch:K,LAMBDA (patches of K tokens for the share LAMBDA of the data, then tokens); lora:RANK; "
        "mixed:SHARE (that share of the passes in windows of the trained length); cepe-encoder (CEPE's encoder on "
        "masked tokens); cepe-warmup, cepe, ceped (a CEPE model's stages). The recipe's, or token");
    app.add_option("--steps", options.steps, "Optimizer steps, over all stages");
    app.add_option("--recipe", options.recipe, "Published settings, which any option overrides. " + recipeWords());
    app.add_option("--patch-length", options.patchLength, "Tokens per sequence of the patch stage (K x length)");
    app.add_option("--batch", options.batch, "Sequences per forward pass (1)");
    app.add_option("--accumulation", options.accumulation, "Forward passes per step (1)");
    app.add_option("--lr", options.learningRate, "Peak learning rate (2e-5)");
    app.add_option("--betas", options.betas, "AdamW's A,B (0.9,0.95)")->delimiter(',')->allow_extra_args(false);
    app.add_option("--epsilon", options.epsilon, "AdamW's epsilon (1e-8)");
    app.add_option("--weight-decay", options.weightDecay, "AdamW's weight decay (0)");
    app.add_option("--decay", options.decay, "What decays: all, or matrices (no norms, no biases; the default)")
        ->check(CLI::IsMember({"all", "matrices"}));
    app.add_option("--warmup", options.warmup, "Steps of linear warm-up, in each stage (0)");
    app.add_option("--schedule", options.schedule, "constant (the default), linear or cosine, in each stage")
        ->check(CLI::IsMember({"constant", "linear", "cosine"}));
    app.add_option("--clip", options.clip, "Largest gradient norm (0: no clipping, the default)");
    app.add_option("--alpha", options.alpha, "lora: updates count alpha / rank times (2 x rank)");
    app.add_option("--targets", options.targets, "lora: layers among q,k,v,o,gate,up,down (q,k,v,o)")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--masked", options.masked, "cepe-encoder: share of the tokens that are hidden (0.3)");
    app.add_option("--context", options.context,
                   "cepe, ceped: tokens of every sequence that the encoder reads (half of the length)");
    app.add_option("--chunk", options.chunk, "Tokens that the encoder reads together (256; cepe-warmup: 64)");
    app.add_flag("--freeze-encoder", options.freezeEncoder, "cepe-warmup, cepe, ceped: cross-attention alone");
    app.add_option("--teacher", options.teacher, "ceped: the model that reads everything (the model's own decoder)");
    app.add_option("--teacher-answers", options.teacherAnswers,
                   "ceped: file for the teacher's answers, which runs may share (in the output folder)");
    app.add_option("--teacher-top", options.top, "ceped: most likely tokens kept of an answer (50)");
    app.add_option("--divergence", options.divergence,
                   "ceped: drop (without the rest of the tokens; the default), smooth_AMOUNT, or plain");
    app.add_option("--loss-weight", options.lossWeight, "ceped: weight of the tokens' own loss (1)");
    app.add_option("--divergence-weight", options.divergenceWeight, "ceped: weight of the teacher's part (2)");
    app.add_flag("--learn-factors", options.learnFactors, "Train factors and attention factor as well");
    app.add_option("--factor-lr", options.factorRate, "Peak learning rate of the factors' logarithms (1e-3)");
    app.add_option("--seed", options.seed, "Order of the sequences, first weights, adapters");
    app.add_flag("--cross-documents", options.crossDocuments, "Sequences may run over the end of a document");
    app.add_option("--checkpoint-interval", options.checkpointInterval, "Steps between checkpoints");
    app.add_option("--save-dtype", options.saveAs, "Type of the finished model's weights: fp32 or bf16")
        ->check(CLI::IsMember({"fp32", "bf16"}));
}

Result<TrainingPlan> trainingPlan(const TrainingOptions& options) {
    TrainingPlan plan;
    if (!options.recipe.empty()) {
        const auto recipe = findRecipe(options.recipe);
        if (!recipe)
            return fail(recipe.error());
        plan.steps = recipe->steps;
        plan.batch = recipe->batch;
        plan.accumulation = recipe->accumulation;
        plan.optimizer = recipe->optimizer;
        plan.method = recipe->method;
    } else if (!options.steps) {
        return fail(usageError("--steps or a --recipe is needed"));
    }
    auto method = parseMethod(options.method.empty() ? methodText(plan.method) : options.method, options);
    if (!method)
        return fail(method.error());
    plan.method = std::move(*method);
    if (auto overridden = overrideOptimizer(plan.optimizer, options); !overridden)
        return fail(overridden.error());
    overrideWith(plan.steps, options.steps);
    overrideWith(plan.batch, options.batch);
    overrideWith(plan.accumulation, options.accumulation);
    if (options.factorRate && !options.learnFactors)
        return fail(usageError("--factor-lr goes with --learn-factors"));
    if (options.learnFactors) {
        plan.learnFactors.emplace();
        overrideWith(plan.learnFactors->learningRate, options.factorRate);
    }
    plan.length = options.length;
    plan.seed = options.seed;
    plan.crossDocuments = options.crossDocuments;
    plan.checkpointInterval = options.checkpointInterval;
    plan.saveAs = options.saveAs == "bf16" ? StoredType::bf16 : StoredType::f32;
    return plan;
}

} // namespace ropescope::cli
