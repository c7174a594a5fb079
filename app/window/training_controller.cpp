#include "app/window/training_controller.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <QFileInfo>
#include <QStandardPaths>

#include "app/window/kept_training.h"
#include "app/window/training_forecast.h"
#include "engine/base/resources.h"
#include "engine/model/model_config.h"
#include "engine/train/recipes.h"
#include "views/models/export_model.h"
#include "views/widgets/training_controls.h"

namespace ropescope {

namespace {

QString textOf(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

OptimizerChoice choiceOf(const OptimizerSettings& settings) {
    OptimizerChoice choice;
    choice.learningRate = settings.learningRate;
    choice.beta1 = settings.beta1;
    choice.beta2 = settings.beta2;
    choice.epsilon = settings.epsilon;
    choice.weightDecay = settings.weightDecay;
    choice.decayAll = settings.decay == DecayGroup::all;
    choice.clip = settings.clip;
    choice.schedule = QString::fromStdString(settings.schedule);
    choice.warmup = settings.warmup;
    return choice;
}

TrainingMethodChoice choiceOf(const TrainingMethod& method) {
    if (std::holds_alternative<LoraMethod>(method))
        return TrainingMethodChoice::lora;
    if (std::holds_alternative<PatchMethod>(method))
        return TrainingMethodChoice::patch;
    if (std::holds_alternative<MixedMethod>(method))
        return TrainingMethodChoice::mixed;
    return TrainingMethodChoice::token;
}

std::vector<TrainingPreset> presets() {
    std::vector<TrainingPreset> presets;
    for (const TrainingRecipe& recipe : trainingRecipes())
        presets.push_back({textOf(recipe.name), textOf(recipe.source), recipe.steps, recipe.batch, recipe.accumulation,
                           choiceOf(recipe.method), choiceOf(recipe.optimizer)});
    return presets;
}

// Steps on their way to the page: one delivery takes all that came since the last, however fast the steps are.
class StepMail {
public:
    explicit StepMail(QPointer<TrainingPage> page) : m_page(std::move(page)) {}

    // On the job's thread.
    static void send(const std::shared_ptr<StepMail>& mail, const TrainingPoint& point, const JobChannel& channel) {
        const std::lock_guard lock(mail->m_mutex);
        mail->m_pending.push_back(point);
        if (mail->m_pending.size() == 1)
            channel.post([mail] { mail->deliver(); });
    }

private:
    void deliver() {
        std::vector<TrainingPoint> points;
        {
            const std::lock_guard lock(m_mutex);
            points.swap(m_pending);
        }
        if (m_page)
            m_page->model().add(points);
    }

    QPointer<TrainingPage> m_page;
    std::mutex m_mutex;
    std::vector<TrainingPoint> m_pending;
};

// A CEPE model is trained in its own stages; a llama can become its encoder.
std::vector<TrainingMethodChoice> methodsFor(const QString& model) {
    using Choice = TrainingMethodChoice;
    std::vector<Choice> methods{Choice::token, Choice::lora, Choice::patch, Choice::mixed};
    if (model.isEmpty())
        return methods;
    const auto config = readModelConfig(modelPath(model.toStdString()));
    if (config && config->crossAttention)
        return {Choice::cepeWarmup, Choice::cepe, Choice::ceped};
    if (config && config->architecture == Architecture::llama)
        methods.push_back(Choice::cepeEncoder);
    return methods;
}

struct KeptRuns {
    std::vector<TrainingRunRecord> runs;
};

TrainingSinks sinksOf(const QPointer<TrainingPage>& page, const JobChannel& channel) {
    TrainingSinks sinks;
    sinks.onStep = [mail = std::make_shared<StepMail>(page), &channel](const TrainingPoint& point) {
        StepMail::send(mail, point, channel);
    };
    const auto tell = [page, &channel](const std::function<void(TrainingModel&)>& what) {
        channel.post([page, what] {
            if (page)
                what(page->model());
        });
    };
    sinks.onCheckpoint = [tell](const TrainingCheckpoint& checkpoint) {
        tell([checkpoint](TrainingModel& model) { model.addCheckpoint(checkpoint); });
    };
    sinks.onProbe = [tell](const TrainingProbe& probe) {
        tell([probe](TrainingModel& model) { model.addProbe(probe); });
    };
    sinks.onProbeProblem = [tell](const QString& problem) {
        tell([problem](TrainingModel& model) { model.setProbeProblem(problem); });
    };
    return sinks;
}

} // namespace

TrainingController::TrainingController(const WindowContext& context, TrainingPage& page)
    : QObject(&page), m_context(context), m_page(page) {
    page.controls().setPresets(presets());
    page.setRunFolder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/trained"));
    connect(&page, &TrainingPage::runRequested, this, &TrainingController::run);
    connect(&page, &TrainingPage::stopRequested, this, &TrainingController::stop);
    connect(&page, &TrainingPage::measureRequested, this, &TrainingController::measure);
    connect(&page, &TrainingPage::forecastRequested, this, &TrainingController::forecast);
    connect(&context.bench.setup(), &SetupModel::geometryChanged, this, &TrainingController::modelChanged);
    modelChanged();
    connect(&context.study, &StudyKeeper::changed, this, &TrainingController::studyChanged);
}

void TrainingController::modelChanged() {
    m_page.setMethods(methodsFor(m_context.bench.setup().setup().modelPath));
}

TrainingWork TrainingController::workFor(const TrainingForm& form) const {
    TrainingWork work;
    work.setup = m_context.bench.setup().setup();
    work.form = form;
    const FactorSetEntry* set = m_context.bench.currentSet();
    if (form.useFactors && set) {
        work.factors = exportDocument(work.setup, m_context.bench.search().snapshot(), *set);
        work.factors->targetLength = form.length;
    }
    work.resume = outputState(form.output).kind == OutputState::Kind::unfinishedRun;
    return work;
}

TrainingRunInfo TrainingController::infoFor(const TrainingWork& work) const {
    TrainingRunInfo info;
    info.model = work.setup.modelName;
    info.text = work.form.textPath.isEmpty() ? work.setup.textName : work.form.textPath;
    info.factors = work.factors ? m_context.bench.currentSet()->name : QString();
    info.method = methodWords(work.form);
    info.output = work.form.output;
    info.length = work.form.length;
    info.steps = work.form.steps;
    info.measurable = measurable(work.form.method);
    return info;
}

void TrainingController::run(const TrainingForm& form) {
    TrainingModel& model = m_page.model();
    if (model.running())
        return;
    TrainingWork work = workFor(form);
    work.file = m_context.study.file();
    m_pausing = false;
    model.begin(infoFor(work));
    work.measureFirst = !work.resume;
    Laboratory& laboratory = m_context.laboratory;
    EngineJob* job = m_context.jobs.add<TrainingReport>(
        tr("training, %1").arg(methodWords(form)),
        [&laboratory, work, page = QPointer<TrainingPage>(&m_page)](const RunControl& control,
                                                                    const JobChannel& channel) {
            return runTraining(work, laboratory, sinksOf(page, channel), control);
        },
        [](const TrainingReport&) {}, JobKind::work, m_context.study.file()->engineNeeds());
    follow(*job);
    connect(job, &EngineJob::finished, this, [this, job] { ended(*job); });
}

void TrainingController::follow(EngineJob& job) {
    m_job = &job;
    const auto showStatus = [this, &job] { m_page.setStatus(JobQueue::statusText(job)); };
    connect(&job, &EngineJob::progressChanged, this, showStatus);
    connect(&job, &EngineJob::stateChanged, this, showStatus);
    showStatus();
}

void TrainingController::ended(const EngineJob& job) {
    TrainingPhase phase = TrainingPhase::done;
    if (job.state() == EngineJob::State::failed)
        phase = TrainingPhase::failed;
    else if (job.state() == EngineJob::State::cancelled)
        phase = m_pausing ? TrainingPhase::paused : TrainingPhase::cancelled;
    m_page.model().end(phase, job.message());
    readRuns(m_context.study.path());
}

// Another study, or none: its runs, and the run shown if it was kept elsewhere.
void TrainingController::studyChanged(const QString& path) {
    TrainingModel& model = m_page.model();
    if (!model.running() && model.run().info.id != 0)
        model.clear();
    model.setKept({});
    readRuns(path);
}

void TrainingController::readRuns(const QString& path) {
    if (path.isEmpty() || !QFileInfo::exists(path))
        return;
    m_context.jobs.add<KeptRuns>(
        tr("read training runs"),
        [file = m_context.study.file()](const RunControl&, const JobChannel&) -> Outcome<KeptRuns> {
            const auto study = file->open();
            if (!study)
                return study.error();
            return KeptRuns{trainingRunsIn((*study)->contents())};
        },
        [this, self = QPointer<TrainingController>(this), path](const KeptRuns& kept) {
            if (self && m_context.study.path() == path)
                m_page.model().setKept(kept.runs);
        },
        JobKind::look, m_context.study.file()->fileNeeds());
}

void TrainingController::stop(bool pause) {
    if (!m_job)
        return;
    m_pausing = pause;
    m_job->cancel();
}

void TrainingController::measure(const TrainingForm& form) {
    const auto newest = m_page.model().newestModel();
    if (!newest || m_page.model().running())
        return;
    TrainingWork work = workFor(form);
    work.file = m_context.study.file();
    work.form.length = m_page.model().run().info.length;
    work.form.output = m_page.model().run().info.output;
    work.form.probeWindows = std::max<std::int64_t>(form.probeWindows, 1);
    const QPointer<TrainingPage> page = &m_page;
    Laboratory& laboratory = m_context.laboratory;
    EngineJob* job = m_context.jobs.add<Measurement>(
        tr("perplexity after step %1").arg(newest->step),
        [&laboratory, work, checkpoint = *newest](const RunControl& control, const JobChannel&) {
            return measureTrained(work, checkpoint, laboratory, control);
        },
        [page, step = newest->step](const Measurement& measured) {
            if (page)
                page->model().addProbe({step, measured});
        },
        JobKind::work, m_context.study.file()->engineNeeds());
    connect(job, &EngineJob::finished, this, [this, job] {
        if (job->state() == EngineJob::State::failed)
            m_page.model().setProbeProblem(job->message());
    });
}

void TrainingController::forecast(const TrainingForm& form) {
    if (m_forecast) {
        m_nextForecast = form;
        m_forecast->cancel();
        return;
    }
    // A layer is only timed while nothing else computes: its time would be wrong, and the other work slower.
    const bool timed = !m_context.jobs.running();
    const QPointer<TrainingPage> page = &m_page;
    m_forecast = new EngineJob(tr("forecast of a training run"),
                               typedWork<TrainingForecast>(
                                   [work = workFor(form), timed](const RunControl& control, const JobChannel&) {
                                       return forecastTraining(work, timed, control);
                                   },
                                   [page](const TrainingForecast& forecast) {
                                       if (page)
                                           page->model().setForecast(forecast);
                                   }),
                               this);
    connect(m_forecast, &EngineJob::finished, this, &TrainingController::forecastEnded);
    m_forecast->start();
}

void TrainingController::forecastEnded() {
    m_forecast->deleteLater();
    m_forecast = nullptr;
    if (const auto next = std::exchange(m_nextForecast, std::nullopt))
        forecast(*next);
}

} // namespace ropescope
