#include "app/window/training_work.h"

#include <chrono>
#include <cmath>

#include "app/window/kept_measurements.h"
#include "engine/base/resources.h"
#include "engine/probe/scoring.h"
#include "engine/probe/windows.h"
#include "engine/session/recorded_training.h"
#include "engine/tokenizer/corpus.h"
#include "engine/train/token_cache.h"

namespace ropescope {

namespace {

LoraMethod loraOf(const TrainingForm& form) {
    LoraMethod lora;
    lora.rank = form.rank;
    if (form.alpha > 0)
        lora.alpha = form.alpha;
    lora.targets.clear();
    for (const QString& target : form.targets)
        lora.targets.push_back(target.toStdString());
    return lora;
}

ContextReading readingOf(const TrainingForm& form, ContextReading usual) {
    if (form.chunk > 0)
        usual.chunk = form.chunk;
    usual.trainEncoder = form.trainEncoder;
    return usual;
}

CepedMethod cepedOf(const TrainingForm& form) {
    CepedMethod ceped;
    ceped.reading = readingOf(form, ceped.reading);
    ceped.context = form.context;
    if (!form.teacher.isEmpty())
        ceped.teacher = modelPath(form.teacher.toStdString());
    ceped.top = form.teacherTop;
    ceped.crossEntropy = form.lossWeight;
    ceped.divergence = form.divergenceWeight;
    ceped.mode = form.divergence.toStdString();
    return ceped;
}

TrainingMethod methodOf(const TrainingForm& form) {
    switch (form.method) {
    case TrainingMethodChoice::lora:
        return loraOf(form);
    case TrainingMethodChoice::patch: {
        PatchMethod patch;
        patch.patch = form.patch;
        patch.share = form.share;
        return patch;
    }
    case TrainingMethodChoice::mixed:
        return MixedMethod{form.shortShare};
    case TrainingMethodChoice::cepeEncoder:
        return CepeEncoderMethod{form.masked};
    case TrainingMethodChoice::cepeWarmup:
        return CepeWarmupMethod{readingOf(form, CepeWarmupMethod{}.reading)};
    case TrainingMethodChoice::cepe:
        return CepeMethod{readingOf(form, CepeMethod{}.reading), form.context};
    case TrainingMethodChoice::ceped:
        return cepedOf(form);
    case TrainingMethodChoice::token:
        break;
    }
    return TokenMethod{};
}

ComputeType computeTypeOf(ComputeChoice choice) {
    switch (choice) {
    case ComputeChoice::fp32:
        return ComputeType::fp32;
    case ComputeChoice::bf16:
        return ComputeType::bf16;
    case ComputeChoice::automatic:
        break;
    }
    return ComputeType::automatic;
}

// How many windows are scored at every checkpoint.
std::int64_t windowsToMeasure(const TrainingForm& form) {
    return measurable(form.method) ? form.probeWindows : 0;
}

OptimizerSettings optimizerOf(const OptimizerChoice& choice) {
    OptimizerSettings settings;
    settings.learningRate = choice.learningRate;
    settings.beta1 = choice.beta1;
    settings.beta2 = choice.beta2;
    settings.epsilon = choice.epsilon;
    settings.weightDecay = choice.weightDecay;
    settings.decay = choice.decayAll ? DecayGroup::all : DecayGroup::matrices;
    settings.clip = choice.clip;
    settings.schedule = choice.schedule.toStdString();
    settings.warmup = choice.warmup;
    return settings;
}

TrainingPoint pointOf(const TrainingStep& step) {
    return {step.step,         step.stage,        step.stages,          step.loss,       step.smoothedLoss,
            step.learningRate, step.gradientNorm, step.tokensPerSecond, step.secondsLeft};
}

// Measuring has its own idea of progress, which is not the run's.
RunControl quietly(const RunControl& control) {
    return {control.stop, {}};
}

std::filesystem::path outputOf(const TrainingWork& work) {
    return work.form.output.toStdString();
}

// The text to measure on: the window's, or where it has none the one that is trained on.
Setup measuringSetup(const TrainingWork& work) {
    Setup setup = work.setup;
    if (setup.textPath.isEmpty())
        setup.textPath = work.form.textPath;
    return setup;
}

// A perplexity with all that a study keeps of it.
struct ScoredText {
    PerplexityProbe probe;
    ComputeType type = ComputeType::fp32;
    std::string device;

    [[nodiscard]] Measurement measurement() const { return measurementOf(probe.results.front()); }
};

Outcome<ScoredText> score(LanguageModel& model, const Corpus& text, const FactorSet& factors, const TrainingForm& form,
                          const RunControl& control) {
    const auto plan = planWindows(
        text,
        {.length = form.length, .beginOfText = false, .protocol = DisjointProtocol{}, .limit = form.probeWindows});
    if (!plan)
        return plan.error();
    const std::vector<FactorSet> sets{factors};
    const auto fed = tokensFed(plan->windows, false);
    model.resetPeakMemory();
    const auto started = std::chrono::steady_clock::now();
    auto scored = scoreWindows(model, text, {plan->windows, sets, {}, FullAttention{}},
                               {"perplexity", 0, static_cast<double>(fed)}, control);
    if (auto* error = std::get_if<Error>(&scored))
        return *error;
    if (std::holds_alternative<Cancelled>(scored))
        return Cancelled{};
    ScoredText end;
    end.type = model.computeType();
    end.device = model.deviceName();
    end.probe.request.cases = {{factors, form.length}};
    end.probe.request.protocol = DisjointProtocol{};
    PerplexityResult result;
    result.factors = factors;
    result.length = form.length;
    result.tokenNll = std::move(std::get<WindowNlls>(scored).front());
    result.nll = estimateMean(cutIntoBlocks(result.tokenNll));
    result.perplexity = std::exp(result.nll.mean);
    result.tokensFed = fed;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    result.peakMemoryBytes = model.peakMemoryBytes();
    result.shortDocuments = plan->shortDocuments;
    result.windows = plan->windows;
    end.probe.results.push_back(std::move(result));
    return end;
}

// Beside the run into the work's folder; a study without one keeps nothing.
Result<void> keep(Study& study, const TrainingWork& work, std::int64_t step, const ScoredText& scored) {
    const StudyTraining* run = study.contents().training(std::filesystem::absolute(outputOf(work)).string());
    if (!run)
        return {};
    const auto kept = study.addProbe(scored.probe, scored.type, scored.device, ProbedCheckpoint{run->id, step});
    if (!kept)
        return fail(kept.error());
    return {};
}

// The window's study, which belongs to its model and the text that is measured on.
Outcome<Study*> openStudy(const TrainingWork& work, Laboratory& laboratory, const RunControl& control) {
    auto text = laboratory.text(measuringSetup(work));
    if (!text)
        return text.error();
    LabBench bench;
    bench.text = std::move(*text);
    return work.file->openFor(measuringSetup(work), bench, control);
}

Outcome<CachedText> openText(const TrainingWork& work, const RunControl& control) {
    const std::filesystem::path model = modelPath(work.setup.modelPath.toStdString());
    const auto config = readModelConfig(model);
    if (!config)
        return config.error();
    const QString chosen = work.form.textPath.isEmpty() ? work.setup.textPath : work.form.textPath;
    const std::filesystem::path path = textPath(chosen.toStdString());
    // As on the command line: beside the study, and ids that come ready are read in their order.
    return CachedText::open(work.file->path().string() + ".tokens", path, model, config->vocabulary,
                            path.extension() == ".json", control);
}

// With the model that the window has loaded.
Outcome<ScoredText> scoreBefore(const TrainingWork& work, const TrainingPlan& plan, Laboratory& laboratory,
                                const RunControl& control) {
    auto opened = laboratory.open(measuringSetup(work), control);
    if (auto* error = std::get_if<Error>(&opened))
        return *error;
    if (std::holds_alternative<Cancelled>(opened))
        return Cancelled{};
    const LabBench& bench = std::get<LabBench>(opened);
    const FactorSet factors = plan.factors ? plan.factors->set : configuredFactors(bench.model->config(), plan.length);
    return score(*bench.model, *bench.text, factors, work.form, control);
}

// Measures checkpoints as they come; the first problem ends the measuring, not the run.
class CheckpointProbes {
public:
    CheckpointProbes(const TrainingWork& work, Laboratory& laboratory, const TrainingSinks& sinks,
                     const RunControl& control)
        : m_work(work), m_laboratory(laboratory), m_sinks(sinks), m_control(control),
          m_active(windowsToMeasure(work.form) > 0) {}

    void take(const TrainingCheckpoint& checkpoint) {
        if (!m_active || checkpoint.step == m_last || m_control.stopRequested())
            return;
        const auto measured = measureTrained(m_work, checkpoint, m_laboratory, quietly(m_control));
        if (const auto* problem = std::get_if<Error>(&measured)) {
            m_active = false;
            m_sinks.onProbeProblem(QString::fromStdString(problem->message));
        } else if (const auto* one = std::get_if<Measurement>(&measured)) {
            m_last = checkpoint.step;
            m_sinks.onProbe({checkpoint.step, *one});
        }
    }

private:
    const TrainingWork& m_work;
    Laboratory& m_laboratory;
    const TrainingSinks& m_sinks;
    const RunControl& m_control;
    bool m_active;
    std::int64_t m_last = -1;
};

} // namespace

TrainingPlan trainingPlanOf(const TrainingWork& work) {
    const TrainingForm& form = work.form;
    TrainingPlan plan;
    const std::filesystem::path model = modelPath(work.setup.modelPath.toStdString());
    if (form.fromScratch)
        plan.start = FromScratch{model};
    else
        plan.start = ExistingModel{model};
    plan.method = methodOf(form);
    plan.factors = work.factors;
    if (form.learnFactors)
        plan.learnFactors = FactorLearning{form.factorRate};
    plan.length = form.length;
    plan.steps = form.steps;
    plan.batch = form.batch;
    plan.accumulation = form.accumulation;
    plan.optimizer = optimizerOf(form.optimizer);
    plan.seed = static_cast<std::uint64_t>(form.seed);
    plan.crossDocuments = form.crossDocuments;
    plan.device.device = work.setup.device.toStdString();
    plan.device.type = computeTypeOf(form.compute);
    plan.output = outputOf(work);
    plan.saveAs = form.saveBf16 ? StoredType::bf16 : StoredType::f32;
    plan.checkpointInterval = form.checkpointInterval;
    plan.resume = work.resume;
    return plan;
}

Outcome<Measurement> measureTrained(const TrainingWork& work, const TrainingCheckpoint& checkpoint,
                                    Laboratory& laboratory, const RunControl& control) {
    auto text = laboratory.text(measuringSetup(work));
    if (!text)
        return text.error();
    auto study = openStudy(work, laboratory, control);
    if (auto* error = std::get_if<Error>(&study))
        return *error;
    if (std::holds_alternative<Cancelled>(study))
        return Cancelled{};
    DeviceOptions device;
    device.device = work.setup.device.toStdString();
    auto loaded = loadLanguageModel(checkpoint.folder.toStdString(), device, control);
    if (auto* error = std::get_if<Error>(&loaded))
        return *error;
    if (std::holds_alternative<Cancelled>(loaded))
        return Cancelled{};
    LanguageModel& model = *std::get<std::shared_ptr<LanguageModel>>(loaded);
    const auto scored = score(model, **text, configuredFactors(model.config(), work.form.length), work.form, control);
    if (const auto* error = std::get_if<Error>(&scored))
        return *error;
    if (std::holds_alternative<Cancelled>(scored))
        return Cancelled{};
    const auto& one = std::get<ScoredText>(scored);
    if (const auto kept = keep(*std::get<Study*>(study), work, checkpoint.step, one); !kept)
        return kept.error();
    return one.measurement();
}

Outcome<TrainingReport> runTraining(const TrainingWork& work, Laboratory& laboratory, const TrainingSinks& sinks,
                                    const RunControl& control) {
    const TrainingPlan plan = trainingPlanOf(work);
    auto opened = openStudy(work, laboratory, quietly(control));
    if (auto* error = std::get_if<Error>(&opened))
        return *error;
    if (std::holds_alternative<Cancelled>(opened))
        return Cancelled{};
    Study& study = *std::get<Study*>(opened);
    std::optional<ScoredText> before;
    if (work.measureFirst && windowsToMeasure(work.form) > 0 && !work.form.fromScratch) {
        auto scored = scoreBefore(work, plan, laboratory, quietly(control));
        if (const auto* error = std::get_if<Error>(&scored))
            return *error;
        if (std::holds_alternative<Cancelled>(scored))
            return Cancelled{};
        before = std::get<ScoredText>(std::move(scored));
        sinks.onProbe({0, before->measurement()});
    }
    laboratory.releaseModel();
    const auto text = openText(work, quietly(control));
    if (const auto* error = std::get_if<Error>(&text))
        return *error;
    if (std::holds_alternative<Cancelled>(text))
        return Cancelled{};
    CheckpointProbes probes(work, laboratory, sinks, control);
    const auto reached = [&](std::int64_t step, const std::filesystem::path& folder) {
        const TrainingCheckpoint checkpoint{step, QString::fromStdString(folder.string())};
        sinks.onCheckpoint(checkpoint);
        probes.take(checkpoint);
    };
    TrainingEvents events;
    events.onBegin = [&](const std::string&) {
        if (!before)
            return;
        if (const auto kept = keep(study, work, 0, *before); !kept)
            sinks.onProbeProblem(QString::fromStdString(kept.error().message));
    };
    events.onStep = [&](const TrainingStep& step) { sinks.onStep(pointOf(step)); };
    events.onCheckpoint = reached;
    auto outcome = trainRecorded(plan, std::get<CachedText>(text), study, events, control);
    if (const auto* report = std::get_if<TrainingReport>(&outcome))
        reached(report->steps, report->output);
    return outcome;
}

} // namespace ropescope
