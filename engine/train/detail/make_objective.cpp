#include "engine/train/detail/make_objective.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/model/checkpoint.h"
#include "engine/model/context_config.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/inference_math.h"
#include "engine/model/detail/weight_loader.h"
#include "engine/model/model_identity.h"
#include "engine/train/detail/context_objective.h"
#include "engine/train/detail/lora_weights.h"
#include "engine/train/exported_config.h"

namespace ropescope::detail {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

struct LoadedTeacher {
    TeachingNetwork network;
    std::string identity;
};

// Its weights are in the type that it computes in.
LoadedTeacher loadTeacher(const std::filesystem::path& path, std::int64_t length, const ObjectiveParts& parts,
                          const RunControl& control) {
    const auto config = readModelConfig(path);
    if (!config)
        raise(config.error());
    if (config->vocabulary != parts.config.vocabulary)
        raise(usageError(fmt::format("the vocabularies don't match: the teacher {} knows {} ids, the model {}",
                                     path.string(), config->vocabulary, parts.config.vocabulary)));
    if (auto fits = checkWindow(*config, length); !fits)
        raise(fits.error());
    auto identity = modelIdentity(path, control);
    if (auto* error = std::get_if<Error>(&identity))
        raise(std::move(*error));
    if (std::holds_alternative<Cancelled>(identity))
        throw StopNoticed{};
    auto checkpoint = openCheckpoint(path);
    if (!checkpoint)
        raise(checkpoint.error());
    const at::NoGradGuard noGraph;
    WeightLoader loader(std::move(*checkpoint), parts.device.type, parts.device.device, control);
    return {{buildNetwork(*config, loader), inferenceMath(parts.device.device), config->rope,
             configuredFactors(*config, length)},
            std::get<std::string>(std::move(identity))};
}

std::unique_ptr<Teacher> makeTeacher(const CepedMethod& method, const TrainingPlan& plan,
                                     const std::shared_ptr<CepeNetwork>& network, const ObjectiveParts& parts,
                                     const RunIdentity& run) {
    if (method.top >= parts.config.vocabulary)
        raise(usageError(fmt::format("the teacher's {} most likely tokens: there are only {} in the vocabulary",
                                     method.top, parts.config.vocabulary)));
    const LoadedTeacher teacher =
        method.teacher.empty()
            ? LoadedTeacher{{network, parts.math, parts.config.rope, configuredFactors(parts.config, plan.length)},
                            run.model}
            : loadTeacher(method.teacher, plan.length, parts, run.control);
    const std::int64_t context = contextSplit(plan.method, plan.length).encoder;
    const nlohmann::json identity{{"format", "ropescope teacher answers 1"},
                                  {"teacher", teacher.identity},
                                  {"text", run.text},
                                  {"length", plan.length},
                                  {"context", context},
                                  {"top", method.top},
                                  {"type", parts.device.type == at::kBFloat16 ? "bf16" : "fp32"}};
    TeacherStore store(method.targets.empty() ? plan.output / "teacher_answers" : method.targets, identity.dump(),
                       plan.length - context, method.top, parts.config.vocabulary);
    return std::make_unique<Teacher>(teacher.network, context, method.top, std::move(store), parts.device, parts.stop);
}

} // namespace

void requireMethodFits(const TrainingPlan& plan, const ModelConfig& config) {
    const std::string word = methodText(plan.method);
    if (!contextReading(plan.method)) {
        if (config.crossAttention)
            raise(usageError(fmt::format("{} is a CEPE model, whose encoder the method {} would leave without context: "
                                         "use cepe-warmup, cepe or ceped, or train its decoder",
                                         config.sourcePath, word)));
        if (std::holds_alternative<CepeEncoderMethod>(plan.method) && config.architecture != Architecture::llama)
            raise(usageError(
                fmt::format("CEPE's encoder is a llama, {} is a {}", config.sourcePath, name(config.architecture))));
        return;
    }
    if (!config.crossAttention)
        raise(usageError(fmt::format("the method {} trains a CEPE model, {} is none: cepe-init makes one", word,
                                     config.sourcePath)));
    if (config.crossAttention->encoder.vocabulary < config.vocabulary)
        raise(usageError(fmt::format("the vocabularies don't match: the encoder knows {} ids, the decoder {}",
                                     config.crossAttention->encoder.vocabulary, config.vocabulary)));
}

std::unique_ptr<TrainedWeights> trainedBy(const TrainingPlan& plan, Network& network) {
    if (const auto* lora = std::get_if<LoraMethod>(&plan.method))
        return trainAdapters(network, *lora, plan.seed);
    if (const ContextReading* reading = contextReading(plan.method))
        return trainChosen(network, [&](const std::string& name) { return readsContext(name, reading->trainEncoder); });
    return trainAll(network);
}

std::unique_ptr<TrainingObjective> makeObjective(const TrainingPlan& plan, const std::shared_ptr<Network>& network,
                                                 const ObjectiveParts& parts, LearnedFactors* learned,
                                                 const RunIdentity& run) {
    using Objective = std::unique_ptr<TrainingObjective>;
    const auto cepe = std::dynamic_pointer_cast<CepeNetwork>(network); // for the methods that asked for one
    return std::visit(
        Overloaded{[&](const CepeEncoderMethod& method) -> Objective {
                       return maskedTokens(*network, parts, method.share, plan.seed);
                   },
                   [&](const CepeWarmupMethod& method) -> Objective {
                       return duplicatedInput(cepe, parts, method.reading.chunk);
                   },
                   [&](const CepeMethod& method) -> Objective {
                       return leadingContext(cepe, parts,
                                             {contextSplit(plan.method, plan.length).encoder, method.reading.chunk});
                   },
                   [&](const CepedMethod& method) -> Objective {
                       const auto mode = parseDivergenceMode(method.mode);
                       if (!mode)
                           raise(mode.error());
                       return distilledContext(cepe, parts,
                                               {contextSplit(plan.method, plan.length).encoder, method.reading.chunk},
                                               {method.crossEntropy, method.divergence, *mode},
                                               makeTeacher(method, plan, cepe, parts, run));
                   },
                   [&](const MixedMethod& method) -> Objective {
                       return mixedWindows(*network, parts, shortFactors(parts.config, parts.factors),
                                           parts.config.rope.trainedLength, method.share, plan.seed);
                   },
                   [&](const auto&) -> Objective { return nextTokens(*network, parts, learned); }},
        plan.method);
}

} // namespace ropescope::detail
