#include "engine/train/training_estimate.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "engine/model/context_config.h"
#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/cuda_driver.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/process_memory.h"
#include "engine/model/required_tensors.h"
#include "engine/train/detail/cepe_objective.h"
#include "engine/train/detail/lora_weights.h"
#include "engine/train/detail/make_objective.h"
#include "engine/train/detail/slice_timing.h"

namespace ropescope {
namespace {

constexpr std::int64_t floatBytes = 4;
constexpr double mostBytes = 1e18; // whatever is asked for; sums stay inside an int64
// The trainer's chunk of logits (32 MiB), its float32 copy, the gradients of both.
constexpr std::int64_t logitBytes = std::int64_t{1} << 27;
// Results of one layer that its backward pass holds at once, in widths of the residual stream, of queries with keys and
// values, and of the feed-forward: measured on models of several shapes.
constexpr std::int64_t hiddenResults = 8, attentionResults = 4, wideResults = 5;
constexpr std::int64_t largestTimedHead = std::int64_t{1} << 26; // elements of the timed slice's vocabulary head
constexpr std::int64_t adapterRank = 8;                          // that the advice proposes

struct Widths {
    std::int64_t layer = 0; // elements of one layer's matrices
    std::int64_t head = 0;  // of the vocabulary head
    std::int64_t query = 0, keyValue = 0;
    explicit Widths(const ModelConfig& config)
        : head(std::int64_t{config.vocabulary} * config.hidden),
          query(std::int64_t{config.heads} * config.rope.headDim),
          keyValue(std::int64_t{2} * config.kvHeads * config.rope.headDim) {
        for (const TensorShape& tensor : requiredTensors(config))
            if (tensor.shape.size() == 2 && tensor.name.find("layers.0.") != std::string::npos)
                layer += tensor.shape[0] * tensor.shape[1];
    }
};

// Of one position (a token, or a patch) in sequences of `positions`.
double operationsPerPosition(const ModelConfig& config, const TrainingMethod& method, std::int64_t positions) {
    const Widths widths(config);
    // Products: forward and recomputed forward, gradients of the inputs, gradients of trained weights.
    const double products = std::holds_alternative<LoraMethod>(method) ? 2 + 2 + 2 : 2 + 2 + 2 + 2;
    const double headProducts = products - 2; // computed once
    // Causal attention reads half of the positions twice; its backward pass takes two and a half times that.
    const double attention = 2.0 * static_cast<double>(widths.query) * static_cast<double>(positions) * (1 + 1 + 2.5);
    return config.layers * (products * static_cast<double>(widths.layer) + attention) +
           headProducts * static_cast<double>(widths.head);
}

// Elements of the matrices that `chosen` is true for.
template <class Chosen>
double matrixElements(const ModelConfig& config, const Chosen& chosen) {
    double elements = 0;
    for (const TensorShape& tensor : requiredTensors(config))
        if (tensor.shape.size() == 2 && tensor.name.find("embed_tokens") == std::string::npos && chosen(tensor.name))
            elements += static_cast<double>(tensor.shape[0]) * static_cast<double>(tensor.shape[1]);
    return elements;
}

// Of one sequence in a CEPE stage. A frozen matrix costs no gradient of its own; a frozen encoder runs forward only.
double contextOperations(const ModelConfig& config, const TrainingMethod& method, std::int64_t length) {
    const ContextSplit split = contextSplit(method, length);
    const auto [context, decoded] = std::pair(static_cast<double>(split.encoder), static_cast<double>(split.decoder));
    const ContextReading& reading = *contextReading(method);
    const Widths widths(config), encoderWidths(config.crossAttention->encoder);
    const auto has = [](const std::string& name, const char* part) { return name.find(part) != std::string::npos; };
    const double keys = matrixElements(config, [&](const std::string& name) {
        return has(name, ".cross_attn.k_proj") || has(name, ".cross_attn.v_proj");
    });
    const double cross = matrixElements(config, [&](const std::string& name) { return has(name, ".cross_attn."); });
    const double encoder = matrixElements(config, [](const std::string& name) { return name.starts_with("encoder."); });
    const double decoder = matrixElements(config, [&](const std::string& name) {
        return has(name, ".self_attn.") && name.starts_with("model.")
                   ? true
                   : has(name, ".mlp.") && name.starts_with("model.");
    });
    // Scores and their use, forward, recomputed and backward, over all keys.
    const double attention = 4 * (1 + 1 + 2.5);
    const double chunk = static_cast<double>(std::min(reading.chunk, split.encoder));
    double operations = decoded * (6 * decoder + 8 * (cross - keys) + 4 * static_cast<double>(widths.head));
    operations += context * 8 * keys;
    operations += decoded * attention * static_cast<double>(widths.query) *
                  (config.layers * decoded / 2 + config.crossAttention->layers * context);
    const double encoderAttention =
        4 * static_cast<double>(encoderWidths.query) * chunk * config.crossAttention->encoder.layers;
    operations += context * (reading.trainEncoder ? 8 * encoder + (1 + 1 + 2.5) * encoderAttention
                                                  : 2 * encoder + encoderAttention);
    return operations;
}

double positionsOf(const TrainingPlan& plan, const TrainingStage& stage) {
    return static_cast<double>(stage.steps) * static_cast<double>(plan.batch * plan.accumulation) *
           static_cast<double>(stage.length / stage.patch);
}

ComputeType typeOf(const detail::ComputeDevice& device) {
    return device.type == at::kBFloat16 ? ComputeType::bf16 : ComputeType::fp32;
}

TrainingMemory largestOf(const ModelConfig& config, const TrainingPlan& plan, const std::vector<TrainingStage>& stages,
                         ComputeType type) {
    TrainingMemory largest;
    for (const TrainingStage& stage : stages)
        if (const TrainingMemory memory = trainingMemory(config, plan, stage, type); memory.total() > largest.total())
            largest = memory;
    return largest;
}

// The inputs of all layers and one layer's intermediate results.
std::int64_t resultsPerPosition(const ModelConfig& config) {
    const Widths widths(config);
    const std::int64_t kept = (config.layers + 2) * std::int64_t{config.hidden};
    return kept + hiddenResults * config.hidden + attentionResults * (widths.query + widths.keyValue) +
           wideResults * config.intermediate;
}

std::string gigabytes(std::int64_t bytes) {
    return fmt::format("{:.2f} GB", static_cast<double>(bytes) / 1e9);
}

// A change of the plan that fits, tried from the mildest on.
class Advice {
public:
    Advice(const ModelConfig& config, const TrainingPlan& plan, ComputeType type, std::int64_t available)
        : m_config(config), m_plan(plan), m_type(type), m_available(available) {}

    [[nodiscard]] std::string text() const {
        const auto total = totalOf(m_plan);
        if (!total || *total <= m_available)
            return {};
        std::string found = smallerBatch(m_plan);
        if (found.empty() && std::holds_alternative<TokenMethod>(m_plan.method))
            found = adapters();
        if (found.empty())
            found = shorter();
        return fmt::format("this needs about {}, and {} are available; {}", gigabytes(*total), gigabytes(m_available),
                           found.empty() ? "no batch, length or adapter makes it fit: use a smaller model or another "
                                           "machine"
                                         : found);
    }

private:
    [[nodiscard]] std::optional<std::int64_t> totalOf(const TrainingPlan& plan) const {
        const auto stages = planStages(plan);
        if (!stages)
            return std::nullopt;
        return largestOf(m_config, plan, *stages, m_type).total();
    }
    [[nodiscard]] std::optional<std::string> fitting(const TrainingPlan& plan, const std::string& words) const {
        const auto total = totalOf(plan);
        if (!total || *total > m_available)
            return std::nullopt;
        return fmt::format("{} takes about {}", words, gigabytes(*total));
    }
    // The same sequences a step in smaller pieces.
    [[nodiscard]] std::string smallerBatch(TrainingPlan plan, const std::string& before = "") const {
        const std::int64_t sequences = m_plan.batch * m_plan.accumulation;
        for (std::int64_t batch = m_plan.batch - (before.empty() ? 1 : 0); batch >= 1; --batch) {
            if (sequences % batch != 0)
                continue;
            plan.batch = batch;
            plan.accumulation = sequences / batch;
            const std::string words = fmt::format("batch {} with accumulation {}", batch, plan.accumulation);
            if (auto found = fitting(plan, before + words))
                return *found;
        }
        return {};
    }
    [[nodiscard]] std::string adapters() const {
        TrainingPlan plan = m_plan;
        if (std::holds_alternative<FromScratch>(plan.start))
            return {};
        plan.method = LoraMethod{adapterRank, {}, LoraMethod{}.targets};
        return smallerBatch(plan, fmt::format("low-rank training ({}), ", methodText(plan.method)));
    }
    [[nodiscard]] std::string shorter() const {
        TrainingPlan plan = m_plan;
        const auto* patch = std::get_if<PatchMethod>(&m_plan.method);
        if (patch && patch->length != 0)
            return {};
        for (plan.length /= 2; plan.length >= 2; plan.length /= 2)
            if (auto found = smallerBatch(plan, fmt::format("length {}, ", plan.length)); !found.empty())
                return found;
        return {};
    }

    const ModelConfig& m_config;
    const TrainingPlan& m_plan;
    ComputeType m_type;
    std::int64_t m_available;
};

std::int64_t availableBytes(const detail::ComputeDevice& device) {
    if (device.device.is_cpu())
        return detail::availableBytes();
    return detail::cudaDeviceFacts(device.device.index()).memoryBytes;
}

// One layer, and no more of a large vocabulary than takes to time its head.
ModelConfig sliceOf(ModelConfig config) {
    config.layers = 1;
    config.vocabulary = static_cast<int>(
        std::min<std::int64_t>(config.vocabulary, std::max<std::int64_t>(1024, largestTimedHead / config.hidden)));
    return config;
}

// Nothing where not even the slice has room.
std::optional<double> secondsOf(const ModelConfig& config, const TrainingPlan& plan,
                                const std::vector<TrainingStage>& stages, const detail::ComputeDevice& device,
                                std::int64_t available, const RunControl& control) {
    const ModelConfig slice = sliceOf(config);
    TrainingPlan single = plan;
    single.batch = 1;
    double seconds = 0;
    for (const TrainingStage& stage : stages) {
        if (available > 0 && trainingMemory(slice, single, stage, typeOf(device)).total() > available / 2)
            return std::nullopt;
        const detail::SliceTiming timing = detail::timeSlice(slice, plan, stage, device, control);
        const double timed = operationsPerPosition(slice, plan.method, timing.positions) *
                             static_cast<double>(timing.positions * timing.sequences);
        const double updates = static_cast<double>(stage.steps) *
                               static_cast<double>(trainedParameters(config, plan.method)) /
                               static_cast<double>(timing.updated);
        seconds +=
            trainingOperations(config, plan, stage) / timed * timing.passSeconds + updates * timing.updateSeconds;
    }
    return seconds;
}

} // namespace

double trainingOperations(const ModelConfig& config, const TrainingPlan& plan, const TrainingStage& stage) {
    if (contextReading(plan.method))
        return static_cast<double>(stage.steps) * static_cast<double>(plan.batch * plan.accumulation) *
               contextOperations(config, plan.method, stage.length);
    return positionsOf(plan, stage) * operationsPerPosition(config, plan.method, stage.length / stage.patch);
}

std::int64_t trainedParameters(const ModelConfig& config, const TrainingMethod& method) {
    const auto* lora = std::get_if<LoraMethod>(&method);
    if (lora)
        return detail::adapterParameters(requiredTensors(config), *lora);
    const ContextReading* reading = contextReading(method);
    if (!reading)
        return parameterCount(config);
    std::int64_t trained = 0;
    for (const TensorShape& tensor : requiredTensors(config))
        if (detail::readsContext(tensor.name, reading->trainEncoder))
            trained += std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>());
    return trained;
}

TrainingMemory trainingMemory(const ModelConfig& config, const TrainingPlan& plan, const TrainingStage& stage,
                              ComputeType type) {
    const Widths widths(config);
    const std::int64_t trained = trainedParameters(config, plan.method);
    const bool half = type == ComputeType::bf16;
    const std::int64_t bytes = half ? 2 : floatBytes;
    // Embeddings of a patch's tokens exist one by one before their mean.
    const std::int64_t embedded = stage.patch > 1 ? stage.patch * config.hidden * floatBytes : 0;
    double sequence = static_cast<double>(stage.length / stage.patch) *
                      static_cast<double>(std::max(resultsPerPosition(config) * bytes, embedded));
    if (contextReading(plan.method)) {
        const ContextSplit split = contextSplit(plan.method, stage.length);
        sequence = static_cast<double>(split.decoder * resultsPerPosition(config) * bytes) +
                   static_cast<double>(split.encoder * resultsPerPosition(config.crossAttention->encoder) * bytes);
    }
    const double results = static_cast<double>(plan.batch) * sequence;
    TrainingMemory memory;
    memory.weights = parameterCount(config) * floatBytes;
    memory.gradients = trained * floatBytes;
    memory.optimizer = 2 * trained * floatBytes;
    const std::int64_t converted = half ? (widths.layer + widths.head) * bytes : 0;
    // A tied head's gradient comes in two parts, one of which is added to the other.
    const std::int64_t addend = trained < parameterCount(config) ? 0 : widths.head * floatBytes;
    memory.activations = static_cast<std::int64_t>(std::min(results, mostBytes)) + logitBytes + converted + addend;
    return memory;
}

std::string memoryAdvice(const ModelConfig& config, const TrainingPlan& plan, ComputeType type,
                         std::int64_t available) {
    return Advice(config, plan, type, available).text();
}

Outcome<TrainingEstimate> estimateTraining(const TrainingPlan& plan, bool timed, const RunControl& control) {
    const std::string advice = "choose a smaller batch or a shorter length";
    return detail::guarded<TrainingEstimate>(advice, [&]() -> TrainingEstimate {
        const auto valueOf = [](auto result) {
            if (!result)
                detail::raise(result.error());
            return std::move(*result);
        };
        const std::vector<TrainingStage> stages = valueOf(planStages(plan));
        const ModelConfig config = valueOf(readModelConfig(trainingSource(plan)));
        detail::requireMethodFits(plan, config);
        const detail::ComputeDevice device = valueOf(detail::resolveDevice(plan.device, config.hidden));
        TrainingEstimate estimate;
        estimate.device = device.name;
        estimate.parameters = parameterCount(config);
        estimate.trainedParameters = trainedParameters(config, plan.method);
        estimate.tokens =
            std::accumulate(stages.begin(), stages.end(), std::int64_t{0}, [&](auto sum, const auto& one) {
                return sum + one.steps * one.length * plan.batch * plan.accumulation;
            });
        for (const TrainingStage& stage : stages)
            estimate.operations += trainingOperations(config, plan, stage);
        estimate.memory = largestOf(config, plan, stages, typeOf(device));
        estimate.availableBytes = availableBytes(device);
        if (estimate.availableBytes > 0)
            estimate.advice = memoryAdvice(config, plan, typeOf(device), estimate.availableBytes);
        if (timed && !config.crossAttention)
            estimate.seconds = secondsOf(config, plan, stages, device, estimate.availableBytes, control);
        return estimate;
    });
}

} // namespace ropescope
