#include "engine/train/detail/training_run.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/atomic_file.h"
#include "engine/base/sha256.h"
#include "engine/factor_file/factor_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/torch_language_model.h"
#include "engine/model/detail/weight_loader.h"
#include "engine/model/model_identity.h"
#include "engine/train/detail/make_objective.h"
#include "engine/train/detail/training_state.h"
#include "engine/train/exported_config.h"
#include "engine/train/initial_weights.h"

namespace ropescope::detail {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double smoothing = 0.9;

template <class Value>
Value valueOf(Result<Value> result) {
    if (!result)
        raise(result.error());
    return std::move(*result);
}

void require(const Result<void>& result) {
    if (!result)
        raise(result.error());
}

template <class Value>
Value valueOf(Outcome<Value> outcome) {
    if (auto* error = std::get_if<Error>(&outcome))
        raise(std::move(*error));
    if (std::holds_alternative<Cancelled>(outcome))
        throw StopNoticed{};
    return std::get<Value>(std::move(outcome));
}

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

TrainingRun::TrainingRun(const TrainingPlan& plan, const TrainingText& text, const TrainingEvents& events,
                         const RunControl& control)
    : m_plan(plan), m_text(text), m_events(events), m_control(control), m_stages(valueOf(planStages(plan))),
      m_schedule(valueOf(makeSchedule(plan.optimizer.schedule))) {
    m_source = trainingSource(plan);
    m_config = valueOf(readModelConfig(m_source));
    requireMethodFits(m_plan, m_config);
    m_device = valueOf(resolveDevice(plan.device, m_config.hidden));
    openTexts();
    chooseFactors();
    m_planJson = planJson(m_plan, modelIdentityText(), m_text.identity(), m_factors, m_device.type);
    openFolder();
}

void TrainingRun::openTexts() {
    for (const TrainingStage& stage : m_stages) {
        if (contextReading(m_plan.method)) // the decoder of a CEPE model is trained with every key in view
            require(checkWindow(m_config, stage.length));
        PackingOptions options;
        options.length = stage.length;
        options.crossDocuments = m_plan.crossDocuments;
        options.shuffled = !m_text.inOrder();
        options.seed = m_plan.seed + static_cast<std::uint64_t>(m_packings.size());
        m_packings.push_back(valueOf(Packing::make(m_text.documentLengths(), options)));
        if (m_packings.back().windowsPerEpoch() < m_plan.batch)
            raise(usageError(fmt::format("the text is too short for one batch: it has {} sequence(s) of {} tokens, a "
                                         "batch needs {}; choose a smaller batch with more accumulation, a shorter "
                                         "length or more text",
                                         m_packings.back().windowsPerEpoch(), stage.length, m_plan.batch)));
    }
}

void TrainingRun::chooseFactors() {
    m_factors = m_plan.factors ? m_plan.factors->set : configuredFactors(m_config, m_plan.length);
    detail::checkFactors(m_config, m_factors);
    if (std::holds_alternative<MixedMethod>(m_plan.method) && m_plan.length <= m_config.rope.trainedLength)
        raise(usageError(fmt::format("mixed windows need a length beyond the trained {} tokens, got {}",
                                     m_config.rope.trainedLength, m_plan.length)));
    if (!m_plan.learnFactors)
        return;
    for (const double factor : m_factors.factors)
        if (factor < 0)
            raise(usageError(
                fmt::format("factors {}: only factors above 0 can be learned, found {}", m_factors.origin, factor)));
    m_learned = std::make_unique<LearnedFactors>(m_factors, *m_plan.learnFactors, m_plan.optimizer);
}

std::string TrainingRun::modelIdentityText() const {
    if (std::holds_alternative<ExistingModel>(m_plan.start))
        return valueOf(modelIdentity(m_source, m_control));
    return "from scratch, " + sha256(valueOf(exportedConfig(m_source, m_config, {}, m_plan.length, StoredType::f32)));
}

void TrainingRun::openFolder() {
    m_folder.emplace(m_plan.output, m_plan.resume);
    std::optional<RunFolder::Saved> newest = m_folder->newest();
    if (newest && newest->step > 0) {
        restore(*newest);
        return;
    }
    if (std::holds_alternative<FromScratch>(m_plan.start))
        makeFirstWeights();
    else
        loadWeights(m_source);
}

// The first weights are a checkpoint like any other.
void TrainingRun::makeFirstWeights() {
    const double deviation = valueOf(initialDeviation(m_source));
    m_folder->save(0, [&](const fs::path& folder) {
        (void)valueOf(writeInitialWeights(folder, m_config, deviation, m_plan.seed, m_control));
        const std::string config = valueOf(exportedConfig(m_source, m_config, {}, m_plan.length, StoredType::f32));
        require(copyCompanions(m_plan.tokenizer.empty() ? m_source : m_plan.tokenizer, folder));
        require(writeFileAtomically(folder / "config.json", config));
    });
    loadWeights(m_folder->newest()->folder);
}

// Weights are float32 whatever the compute type: small updates would be lost in bf16.
void TrainingRun::loadWeights(const fs::path& folder) {
    const at::NoGradGuard noGraph;
    WeightLoader loader(valueOf(openCheckpoint(folder)), at::kFloat, m_device.device, m_control);
    m_network = buildNetwork(m_config, loader);
    m_weights = trainedBy(m_plan, *m_network);
    m_optimizer = std::make_unique<AdamW>(m_weights->trained(), m_plan.optimizer);
    m_objective = makeObjective(
        m_plan, m_network, {m_config, m_weights->math(), m_device, m_factors, m_control.stop}, m_learned.get(),
        {m_planJson.at("model").get<std::string>(), m_planJson.at("text").get<std::string>(), m_control});
}

void TrainingRun::restore(const RunFolder::Saved& saved) {
    const nlohmann::json state = readState(saved.folder);
    requireSamePlan(state.at("plan"), m_planJson, saved.folder);
    const bool lora = std::holds_alternative<LoraMethod>(m_plan.method);
    loadWeights(lora ? m_source : saved.folder);
    loadOptimizer(saved.folder, *m_optimizer, !m_weights->modelHoldsTrained());
    m_optimizer->setSteps(state.at("optimizer_steps").get<std::int64_t>());
    if (m_learned)
        m_learned->restore(state.at("learned_factors"));
    m_losses = state.at("losses").get<std::vector<double>>();
    for (const double loss : m_losses)
        m_smoothed = smoothing * m_smoothed + (1 - smoothing) * loss;
    m_secondsBefore = state.at("seconds").get<double>();
    m_step = m_saved = m_resumedFrom = state.at("step").get<std::int64_t>();
}

const TrainingStage& TrainingRun::stageAt(std::int64_t step) const {
    for (const TrainingStage& stage : m_stages)
        if (step < stage.firstStep + stage.steps)
            return stage;
    return m_stages.back();
}

std::vector<WindowStart> TrainingRun::windowsOf(std::int64_t step) const {
    const TrainingStage& stage = stageAt(step);
    const Packing& packing = m_packings[static_cast<std::size_t>(&stage - m_stages.data())];
    const std::int64_t count = m_plan.batch * m_plan.accumulation;
    // In order a stage goes on where the last one stopped; shuffled, every stage has an order of its own.
    const std::int64_t first = (m_text.inOrder() ? stage.firstWindow : 0) + (step - stage.firstStep) * count;
    std::vector<WindowStart> windows;
    for (std::int64_t index = 0; index < count; ++index)
        windows.push_back(packing.window(first + index));
    return windows;
}

// [windows, length] int64 on the host.
at::Tensor TrainingRun::sequences(const std::vector<WindowStart>& windows, std::int64_t length) const {
    at::Tensor ids = at::empty({static_cast<std::int64_t>(windows.size()), length}, at::kLong);
    std::vector<TokenId> row(static_cast<std::size_t>(length));
    auto* out = ids.data_ptr<std::int64_t>();
    for (const WindowStart window : windows) {
        m_text.read(window, row);
        for (const TokenId id : row) {
            if (id < 0 || id >= m_config.vocabulary)
                raise(inputError("text", fmt::format("token {}", window + (&id - row.data())),
                                 fmt::format("an id from 0 to {} (the model's vocabulary)", m_config.vocabulary - 1),
                                 fmt::format("{}", id)));
            *out++ = id;
        }
    }
    return ids;
}

TrainingRun::StepResult TrainingRun::trainStep() {
    const TrainingStage& stage = stageAt(m_step);
    if (m_step == stage.firstStep) {
        m_optimizer->reset();
        if (m_learned)
            m_learned->reset();
    }
    m_optimizer->clearGradients();
    StepResult result;
    StepSequences step{m_step, m_plan.batch, stage.patch, windowsOf(m_step), {}};
    step.ids = sequences(step.starts, stage.length);
    result.loss = m_objective->addGradients(step);
    result.gradientNorm = clipGradients(m_optimizer->tensors(), m_plan.optimizer.clip);
    requireNumbers(result);
    const double multiplier = m_schedule->multiplier(m_step - stage.firstStep, m_plan.optimizer.warmup, stage.steps);
    result.learningRate = m_plan.optimizer.learningRate * multiplier;
    m_optimizer->step(result.learningRate);
    if (m_learned)
        m_learned->step(multiplier);
    return result;
}

void TrainingRun::requireNumbers(const StepResult& result) const {
    if (std::isfinite(result.loss) && std::isfinite(result.gradientNorm))
        return;
    const std::optional<RunFolder::Saved> kept = m_folder->newest();
    raise(failure(fmt::format(
        "step {}: the {} is {}; its batch begins at tokens {} of the text. Nothing was changed by this step; {}. A "
        "smaller learning rate, a longer warm-up, clipping or --dtype fp32 usually help",
        m_step + 1, std::isfinite(result.loss) ? "gradient norm" : "loss",
        std::isfinite(result.loss) ? result.gradientNorm : result.loss, fmt::join(windowsOf(m_step), ", "),
        kept ? fmt::format("the last checkpoint is {}", kept->folder.string()) : "no checkpoint was written yet")));
}

std::int64_t TrainingRun::tokensAt(std::int64_t step) const {
    std::int64_t tokens = 0;
    for (const TrainingStage& stage : m_stages)
        tokens += std::clamp<std::int64_t>(step - stage.firstStep, 0, stage.steps) * stage.length * m_plan.batch *
                  m_plan.accumulation;
    return tokens;
}

void TrainingRun::report(const StepResult& result, double seconds, double tokens) const {
    const auto done = static_cast<double>(tokensAt(m_step));
    const auto all = static_cast<double>(tokensAt(m_plan.steps));
    m_control.report({"training", done, all, "tokens"});
    if (!m_events.onStep)
        return;
    TrainingStep step;
    step.step = m_step;
    step.steps = m_plan.steps;
    step.stage = static_cast<int>(&stageAt(m_step - 1) - m_stages.data()) + 1;
    step.stages = static_cast<int>(m_stages.size());
    step.loss = result.loss;
    step.smoothedLoss = m_smoothed / (1 - std::pow(smoothing, static_cast<double>(m_losses.size())));
    step.learningRate = result.learningRate;
    step.gradientNorm = result.gradientNorm;
    step.tokensPerSecond = tokens / seconds;
    step.secondsLeft = (all - done) / step.tokensPerSecond;
    m_events.onStep(step);
}

TrainingReport TrainingRun::finish() {
    if (m_events.onBegin)
        m_events.onBegin(m_planJson.dump());
    m_started = Clock::now();
    const auto tokensNow = [&] { return static_cast<double>(tokensAt(m_step) - tokensAt(m_resumedFrom)); };
    try {
        while (m_step < m_plan.steps) {
            throwIfStopped(m_control.stop);
            const StepResult result = trainStep();
            ++m_step;
            m_losses.push_back(result.loss);
            m_smoothed = smoothing * m_smoothed + (1 - smoothing) * result.loss;
            report(result, secondsSince(m_started), tokensNow());
            if (m_step % m_plan.checkpointInterval == 0)
                saveCheckpoint();
        }
    } catch (const StopNoticed&) {
        if (m_step > m_saved)
            saveCheckpoint();
        throw;
    }
    const double seconds = secondsSince(m_started);
    saveModel();
    return finished(seconds, tokensNow());
}

void TrainingRun::writeModelFiles(const fs::path& folder, StoredType type) const {
    std::optional<FactorDocument> factors = m_plan.factors;
    if (m_learned) {
        if (!factors)
            factors.emplace();
        factors->set = m_learned->set();
        factors->attentionFactorKnown = true;
    }
    std::string config = valueOf(exportedConfig(m_source, m_config, factors, m_plan.length, type));
    if (std::holds_alternative<MixedMethod>(m_plan.method))
        config = valueOf(withShortFactors(config, shortFactors(m_config, m_factors).factors));
    saveTensors(folder, m_weights->model(), type, {}); // not to be stopped half-way
    require(copyCompanions(m_plan.tokenizer.empty() ? m_source : m_plan.tokenizer, folder));
    require(writeFileAtomically(folder / "config.json", config)); // last: without it the folder is no model
}

void TrainingRun::saveCheckpoint() {
    m_folder->save(m_step, [&](const fs::path& folder) {
        saveOptimizer(folder, *m_optimizer, !m_weights->modelHoldsTrained());
        nlohmann::json state{{"plan", m_planJson},
                             {"step", m_step},
                             {"optimizer_steps", m_optimizer->steps()},
                             {"losses", m_losses},
                             {"seconds", m_secondsBefore + secondsSince(m_started)}};
        if (m_learned)
            state["learned_factors"] = m_learned->state();
        writeState(folder, state);
        writeModelFiles(folder, StoredType::f32);
    });
    m_saved = m_step;
    if (m_events.onMessage)
        m_events.onMessage(fmt::format("checkpoint after step {}", m_step));
    if (!m_events.onCheckpoint)
        return;
    const Clock::time_point told = Clock::now();
    m_events.onCheckpoint(m_step, m_folder->newest()->folder);
    m_started += Clock::now() - told;
}

void TrainingRun::saveModel() const {
    writeModelFiles(m_folder->path(), m_plan.saveAs);
    if (!m_learned)
        return;
    FactorDocument document;
    document.set = m_learned->set();
    document.fillFrom(m_config.rope);
    document.attentionFactorKnown = true;
    (void)valueOf(exportFactors(document, "json", m_folder->path() / "factors.json"));
}

TrainingReport TrainingRun::finished(double seconds, double tokens) const {
    TrainingReport report;
    report.steps = m_step;
    report.tokens = tokensAt(m_step);
    report.resumedFrom = m_resumedFrom;
    report.losses = m_losses;
    report.seconds = m_secondsBefore + seconds;
    report.tokensPerSecond = seconds > 0 ? tokens / seconds : 0;
    report.output = m_folder->path();
    if (m_learned)
        report.learnedFactors = m_learned->set();
    return report;
}

} // namespace ropescope::detail
