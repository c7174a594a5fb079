#include "engine/train/detail/training_state.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/model/checkpoint.h"
#include "engine/model/detail/failure.h"
#include "engine/train/detail/run_folder.h"

namespace ropescope::detail {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* stateFile = "training.json";
constexpr const char* optimizerFolder = "optimizer";

NamedTensor named(const std::string& name, const at::Tensor& tensor) {
    return {name, tensor.sizes().vec(), [tensor] { return tensor.detach().to(at::kCPU, at::kFloat).contiguous(); }};
}

// Every tensor of an optimizer under the name it has in a checkpoint.
std::vector<std::pair<std::string, at::Tensor>> tensorsOf(const AdamW& optimizer, bool withTensors) {
    std::vector<std::pair<std::string, at::Tensor>> all;
    for (std::size_t index = 0; index < optimizer.tensors().size(); ++index) {
        const TrainedTensor& tensor = optimizer.tensors()[index];
        if (withTensors)
            all.emplace_back("parameter." + tensor.name, tensor.value);
        all.emplace_back("first_moment." + tensor.name, optimizer.moments()[index].first);
        all.emplace_back("second_moment." + tensor.name, optimizer.moments()[index].second);
    }
    return all;
}

json methodJson(const TrainingMethod& method, std::int64_t length) {
    json object{{"name", methodText(method)}};
    if (const auto* patch = std::get_if<PatchMethod>(&method))
        object["length"] = patch->length;
    if (const auto* lora = std::get_if<LoraMethod>(&method)) {
        object["alpha"] = lora->alpha.value_or(2 * static_cast<double>(lora->rank));
        object["targets"] = lora->targets;
    }
    if (const auto* encoder = std::get_if<CepeEncoderMethod>(&method))
        object["share"] = encoder->share;
    if (const ContextReading* reading = contextReading(method))
        object.update({{"chunk", reading->chunk},
                       {"trains encoder", reading->trainEncoder},
                       {"context", contextSplit(method, length).encoder}});
    if (const auto* ceped = std::get_if<CepedMethod>(&method))
        object.update({{"teacher", ceped->teacher.string()},
                       {"top", ceped->top},
                       {"weights", {ceped->crossEntropy, ceped->divergence}},
                       {"mode", ceped->mode}});
    return object;
}

} // namespace

json planJson(const TrainingPlan& plan, const std::string& modelIdentity, const std::string& textIdentity,
              const FactorSet& factors, at::ScalarType type) {
    const OptimizerSettings& optimizer = plan.optimizer;
    return {{"model", modelIdentity},
            {"text", textIdentity},
            {"method", methodJson(plan.method, plan.length)},
            {"factors", factors.factors},
            {"attention factor", factors.attentionFactor},
            {"factor learning rate", plan.learnFactors ? json(plan.learnFactors->learningRate) : json()},
            {"length", plan.length},
            {"steps", plan.steps},
            {"batch", plan.batch},
            {"accumulation", plan.accumulation},
            {"seed", plan.seed},
            {"windows cross documents", plan.crossDocuments},
            {"compute type", type == at::kBFloat16 ? "bf16" : "fp32"},
            {"learning rate", optimizer.learningRate},
            {"betas", {optimizer.beta1, optimizer.beta2}},
            {"epsilon", optimizer.epsilon},
            {"weight decay", optimizer.weightDecay},
            {"decay", optimizer.decay == DecayGroup::all ? "all" : "matrices"},
            {"clip", optimizer.clip},
            {"schedule", optimizer.schedule},
            {"warm-up", optimizer.warmup}};
}

void requireSamePlan(const json& saved, const json& now, const fs::path& checkpoint) {
    for (const auto& [key, value] : now.items())
        if (!saved.contains(key) || saved.at(key) != value)
            raise(usageError(fmt::format("{} belongs to a run with {} = {}, this one has {}: resume with the same "
                                         "settings, or choose another output folder",
                                         checkpoint.string(), key,
                                         saved.contains(key) ? saved.at(key).dump() : "nothing", value.dump())));
}

void writeState(const fs::path& checkpoint, const json& state) {
    if (auto written = writeFileAtomically(checkpoint / stateFile, state.dump(1) + "\n"); !written)
        raise(written.error());
}

json readState(const fs::path& checkpoint) {
    const fs::path file = checkpoint / stateFile;
    auto text = readFile(file);
    if (!text)
        raise(text.error());
    auto state = parseJson(*text, file.string());
    if (!state)
        raise(state.error());
    const auto has = [&](const char* key, bool ok) {
        if (!ok)
            raise(inputError(file.string(), key, "the state of a training run", "something else"));
    };
    has("plan", state->is_object() && state->contains("plan") && state->at("plan").is_object());
    for (const char* key : {"step", "optimizer_steps"})
        has(key, state->contains(key) && state->at(key).is_number_integer() && state->at(key).get<std::int64_t>() >= 0);
    has("seconds", state->contains("seconds") && state->at("seconds").is_number());
    has("losses", state->contains("losses") && state->at("losses").is_array());
    for (const json& loss : state->at("losses"))
        has("losses", loss.is_number());
    has("losses", state->at("losses").size() == state->at("step").get<std::size_t>());
    return std::move(*state);
}

void saveOptimizer(const fs::path& checkpoint, const AdamW& optimizer, bool withTensors) {
    std::vector<NamedTensor> tensors;
    for (const auto& [name, tensor] : tensorsOf(optimizer, withTensors))
        tensors.push_back(named(name, tensor));
    saveTensors(checkpoint / optimizerFolder, tensors, StoredType::f32, {});
}

void loadOptimizer(const fs::path& checkpoint, const AdamW& optimizer, bool withTensors) {
    const at::NoGradGuard noGraph;
    const auto file = openCheckpoint(checkpoint / optimizerFolder);
    if (!file)
        raise(file.error());
    for (const auto& [name, tensor] : tensorsOf(optimizer, withTensors)) {
        const auto stored = (*file)->require(name, tensor.sizes().vec());
        if (!stored)
            raise(stored.error());
        at::Tensor host = at::empty(tensor.sizes(), at::kFloat);
        readRows(**stored, 0, tensor.size(0), {host.data_ptr<float>(), static_cast<std::size_t>(host.numel())});
        tensor.copy_(host);
    }
}

} // namespace ropescope::detail
