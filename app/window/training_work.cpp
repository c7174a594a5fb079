#include "app/window/training_work.h"

#include <cmath>

#include "app/window/kept_measurements.h"
#include "engine/base/resources.h"
#include "engine/probe/scoring.h"
#include "engine/probe/windows.h"
#include "engine/tokenizer/corpus.h"
#include "engine/train/trainer.h"

namespace ropescope {

namespace {

TrainingMethod methodOf(const TrainingForm& form) {
    switch (form.method) {
    case TrainingMethodChoice::lora: {
        LoraMethod lora;
        lora.rank = form.rank;
        return lora;
    }
    case TrainingMethodChoice::patch: {
        PatchMethod patch;
        patch.patch = form.patch;
        patch.share = form.share;
        return patch;
    }
    case TrainingMethodChoice::token:
        break;
    }
    return TokenMethod{};
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

// The text to measure on: the window's, or where it has none the one that is trained on.
Setup measuringSetup(const TrainingWork& work) {
    Setup setup = work.setup;
    if (setup.textPath.isEmpty())
        setup.textPath = work.form.textPath;
    return setup;
}

Outcome<Measurement> measure(LanguageModel& model, const Corpus& text, const FactorSet& factors,
                             const TrainingForm& form, const RunControl& control) {
    const auto plan = planWindows(
        text,
        {.length = form.length, .beginOfText = false, .protocol = DisjointProtocol{}, .limit = form.probeWindows});
    if (!plan)
        return plan.error();
    const std::vector<FactorSet> sets{factors};
    const TokenProgress progress{"perplexity", 0, static_cast<double>(tokensFed(plan->windows, false))};
    auto scored = scoreWindows(model, text, {plan->windows, sets, {}, FullAttention{}}, progress, control);
    if (auto* error = std::get_if<Error>(&scored))
        return *error;
    if (std::holds_alternative<Cancelled>(scored))
        return Cancelled{};
    PerplexityResult result;
    result.length = form.length;
    result.nll = estimateMean(cutIntoBlocks(std::get<WindowNlls>(scored).front()));
    result.perplexity = std::exp(result.nll.mean);
    return measurementOf(result);
}

// The text to train on; that of the window is shared with the measuring.
Result<std::shared_ptr<const Corpus>> trainingCorpus(const TrainingWork& work, Laboratory& laboratory) {
    Setup setup = work.setup;
    if (!work.form.textPath.isEmpty())
        setup.textPath = work.form.textPath;
    return laboratory.text(setup);
}

// With the model that the window has loaded; it is unloaded afterwards.
Outcome<Measurement> measureBefore(const TrainingWork& work, const TrainingPlan& plan, Laboratory& laboratory,
                                   const RunControl& control) {
    auto opened = laboratory.open(measuringSetup(work), control);
    if (auto* error = std::get_if<Error>(&opened))
        return *error;
    if (std::holds_alternative<Cancelled>(opened))
        return Cancelled{};
    const LabBench& bench = std::get<LabBench>(opened);
    const FactorSet factors = plan.factors ? plan.factors->set : configuredFactors(bench.model->config(), plan.length);
    return measure(*bench.model, *bench.text, factors, work.form, control);
}

// Measures checkpoints as they come; the first problem ends the measuring, not the run.
class CheckpointProbes {
public:
    CheckpointProbes(const TrainingWork& work, Laboratory& laboratory, const TrainingSinks& sinks,
                     const RunControl& control)
        : m_work(work), m_laboratory(laboratory), m_sinks(sinks), m_control(control),
          m_active(work.form.probeWindows > 0) {}

    void take(std::int64_t step, const std::filesystem::path& folder) {
        if (!m_active || step == m_last || m_control.stopRequested())
            return;
        const auto measured = measureTrained(m_work, folder, m_laboratory, quietly(m_control));
        if (const auto* problem = std::get_if<Error>(&measured)) {
            m_active = false;
            m_sinks.onProbeProblem(QString::fromStdString(problem->message));
        } else if (const auto* one = std::get_if<Measurement>(&measured)) {
            m_last = step;
            m_sinks.onProbe({step, *one});
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
        plan.learnFactors.emplace();
    plan.length = form.length;
    plan.steps = form.steps;
    plan.batch = form.batch;
    plan.accumulation = form.accumulation;
    plan.optimizer = optimizerOf(form.optimizer);
    plan.device.device = work.setup.device.toStdString();
    plan.output = form.output.toStdString();
    plan.saveAs = form.saveBf16 ? StoredType::bf16 : StoredType::f32;
    plan.checkpointInterval = form.checkpointInterval;
    plan.resume = work.resume;
    return plan;
}

Outcome<Measurement> measureTrained(const TrainingWork& work, const std::filesystem::path& folder,
                                    Laboratory& laboratory, const RunControl& control) {
    auto text = laboratory.text(measuringSetup(work));
    if (!text)
        return text.error();
    DeviceOptions device;
    device.device = work.setup.device.toStdString();
    auto loaded = loadLanguageModel(folder, device, control);
    if (auto* error = std::get_if<Error>(&loaded))
        return *error;
    if (std::holds_alternative<Cancelled>(loaded))
        return Cancelled{};
    LanguageModel& model = *std::get<std::shared_ptr<LanguageModel>>(loaded);
    return measure(model, **text, configuredFactors(model.config(), work.form.length), work.form, control);
}

Outcome<TrainingReport> runTraining(const TrainingWork& work, Laboratory& laboratory, const TrainingSinks& sinks,
                                    const RunControl& control) {
    const TrainingPlan plan = trainingPlanOf(work);
    if (work.measureFirst && work.form.probeWindows > 0 && !work.form.fromScratch) {
        const auto before = measureBefore(work, plan, laboratory, quietly(control));
        if (const auto* error = std::get_if<Error>(&before))
            return *error;
        if (std::holds_alternative<Cancelled>(before))
            return Cancelled{};
        sinks.onProbe({0, std::get<Measurement>(before)});
    }
    laboratory.releaseModel();
    const auto corpus = trainingCorpus(work, laboratory);
    if (!corpus)
        return corpus.error();
    // As on the command line: ids that come ready are read in their order.
    const QString path = work.form.textPath.isEmpty() ? work.setup.textPath : work.form.textPath;
    const CorpusText text(**corpus, path.endsWith(QLatin1String(".json")));
    CheckpointProbes probes(work, laboratory, sinks, control);
    TrainingEvents events;
    events.onStep = [&](const TrainingStep& step) { sinks.onStep(pointOf(step)); };
    events.onCheckpoint = [&](std::int64_t step, const std::filesystem::path& folder) {
        sinks.onCheckpoint({step, QString::fromStdString(folder.string())});
        probes.take(step, folder);
    };
    auto outcome = train(plan, text, events, control);
    if (const auto* report = std::get_if<TrainingReport>(&outcome)) {
        sinks.onCheckpoint({report->steps, QString::fromStdString(report->output.string())});
        probes.take(report->steps, report->output);
    }
    return outcome;
}

} // namespace ropescope
