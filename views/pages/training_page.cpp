#include "views/pages/training_page.h"

#include <algorithm>

#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTemporaryDir>
#include <QTimer>
#include <QVBoxLayout>

#include "views/charts/forecast_bar.h"
#include "views/charts/training_charts.h"
#include "views/models/value_text.h"
#include "views/widgets/controls.h"
#include "views/widgets/training_controls.h"

namespace ropescope {

namespace {

constexpr int formWidth = 340;
constexpr int forecastDelay = 250; // milliseconds after the last change of the form

} // namespace

TrainingPage::TrainingPage(Bench& bench, const Theme& theme, QWidget* parent)
    : Page(parent), m_bench(bench), m_theme(theme), m_forecastTimer(new QTimer(this)) {
    setObjectName(QStringLiteral("trainingPage"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_forecastTimer->setSingleShot(true);
    m_forecastTimer->setInterval(forecastDelay);
    connect(m_forecastTimer, &QTimer::timeout, this, [this] {
        if (m_problems.empty() && isVisible() && !m_model.running())
            Q_EMIT forecastRequested(form());
    });
    m_charts = new TrainingCharts(m_model, theme);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    row->setSpacing(3 * spacingUnit);
    row->addWidget(buildForm());
    auto* right = new QVBoxLayout;
    right->setSpacing(spacingUnit);
    right->addWidget(buildHeading());
    right->addWidget(m_charts, 1);
    row->addLayout(right, 1);

    connect(m_charts, &TrainingCharts::startRequested, this, &TrainingPage::start);
    connect(m_charts, &TrainingCharts::measureRequested, this, [this] { Q_EMIT measureRequested(form()); });
    connect(m_charts, &TrainingCharts::failed, this, &TrainingPage::failed);
    connect(m_controls, &TrainingControls::changed, this, &TrainingPage::followForm);
    connect(&m_model, &TrainingModel::changed, this, &TrainingPage::followModel);
    connect(&m_model, &TrainingModel::forecastChanged, this, &TrainingPage::followForecast);
    connect(&m_model, &TrainingModel::keptChanged, this, &TrainingPage::followKept);
    connect(&bench.setup(), &SetupModel::geometryChanged, this, &TrainingPage::fitToModel);
    connect(&bench.setup(), &SetupModel::changed, this, &TrainingPage::followForm);
    connect(&bench.selection(), &Selection::setChanged, this, &TrainingPage::followForm);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &TrainingPage::followForm);
    fitToModel();
    followModel();
    followKept();
}

TrainingPage::~TrainingPage() = default;

QWidget* TrainingPage::buildForm() {
    auto* box = new QWidget;
    box->setFixedWidth(formWidth);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit);
    m_controls = new TrainingControls(m_theme);
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("trainingForm"));
    scroll->setAccessibleName(tr("What to train"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_controls);
    scroll->setStyleSheet(QStringLiteral("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"));
    column->addWidget(scroll, 1);
    m_forecastText = quietLabel({}, QStringLiteral("trainingForecast"));
    m_forecastText->setWordWrap(true);
    m_forecastText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_forecastText->setToolTip(tr("Time from the operations of a step and this machine's measured speed; memory from "
                                  "the sizes of weights, gradients, optimizer and activations"));
    column->addWidget(m_forecastText);
    m_forecastBar = new ForecastBar(m_theme);
    column->addWidget(m_forecastBar);
    m_start = new QPushButton;
    m_start->setObjectName(QStringLiteral("startTraining"));
    m_start->setShortcut(QKeySequence(QStringLiteral("Ctrl+R")));
    connect(m_start, &QPushButton::clicked, this, &TrainingPage::start);
    column->addWidget(m_start);
    return box;
}

QWidget* TrainingPage::buildHeading() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacingUnit);
    m_state = new QLabel;
    m_state->setObjectName(QStringLiteral("trainingState"));
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(m_state, 1);
    m_runs = new QComboBox;
    m_runs->setObjectName(QStringLiteral("trainingRuns"));
    m_runs->setAccessibleName(tr("Runs of this study"));
    m_runs->setToolTip(tr("Runs that the study keeps: their steps and what their checkpoints measured"));
    connect(m_runs, &QComboBox::activated, this, &TrainingPage::showKept);
    row->addWidget(m_runs);
    const auto add = [&](const QString& text, const char* name, const QString& tip) {
        auto* button = new QPushButton(text);
        button->setObjectName(QLatin1String(name));
        button->setToolTip(tip);
        row->addWidget(button);
        return button;
    };
    m_pause = add(tr("Pause"), "pauseTraining", tr("Saves a checkpoint after the step in work; Resume goes on there"));
    m_stop = add(tr("Stop"), "stopTraining", tr("Saves a checkpoint after the step in work and ends the run"));
    m_measure = add(tr("Measure"), "measureTraining",
                    tr("Perplexity of the newest checkpoint, or of the result, on the window's text"));
    m_open = add(tr("Open the model"), "openTrained",
                 tr("The newest checkpoint, or the result, becomes the window's model: probe, search and export it"));
    connect(m_pause, &QPushButton::clicked, this, [this] { Q_EMIT stopRequested(true); });
    connect(m_stop, &QPushButton::clicked, this, [this] { Q_EMIT stopRequested(false); });
    connect(m_measure, &QPushButton::clicked, this, [this] { Q_EMIT measureRequested(form()); });
    connect(m_open, &QPushButton::clicked, this, [this] {
        if (const auto newest = m_model.newestModel())
            Q_EMIT openRequested(newest->folder);
    });
    return box;
}

const TrainingForm& TrainingPage::form() const {
    return m_controls->form();
}

// A page that nobody looks at computes nothing.
void TrainingPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (!m_model.forecast())
        m_forecastTimer->start();
}

void TrainingPage::setForm(const TrainingForm& form) {
    m_controls->setForm(form);
    followForm();
}

void TrainingPage::setMethods(const std::vector<TrainingMethodChoice>& methods) {
    m_controls->setMethods(methods);
    TrainingForm form = this->form();
    if (!methods.empty() && !m_controls->offers(form.method)) {
        form.method = methods.front();
        m_controls->setForm(form);
    }
    followForm();
}

void TrainingPage::setRunFolder(const QString& folder) {
    m_folder = folder;
    proposeOutput();
}

// Another model: sequences as long as its target, its own folder. The settings of a run to go on with stay: a study's
// runs may be known before its setup is shown.
void TrainingPage::fitToModel() {
    if (m_model.canResume() && m_model.run().info.output == form().output) {
        followForm();
        return;
    }
    TrainingForm form = this->form();
    form.length = std::max<std::int64_t>(m_bench.setup().setup().targetLength, 1);
    m_controls->setForm(form);
    proposeOutput();
    followForm();
}

// A free folder under the model's name, unless a person named one.
void TrainingPage::proposeOutput() {
    TrainingForm form = this->form();
    if (m_folder.isEmpty() || (!form.output.isEmpty() && form.output != m_proposed))
        return;
    const QString path = m_bench.setup().setup().modelPath;
    const QString name = path.isEmpty() ? QStringLiteral("model") : QDir(path).dirName();
    int number = 1;
    do
        m_proposed = QDir(m_folder).filePath(QStringLiteral("%1-trained-%2").arg(name).arg(number++));
    while (outputState(m_proposed).kind != OutputState::Kind::free);
    form.output = m_proposed;
    setForm(form);
}

bool TrainingPage::resumes() const {
    const bool ownRun = m_model.canResume() && m_model.run().info.output == form().output;
    return ownRun || outputState(form().output).kind == OutputState::Kind::unfinishedRun;
}

void TrainingPage::start() {
    if (!m_model.running() && m_problems.empty())
        Q_EMIT runRequested(form());
}

void TrainingPage::showKept(int index) {
    const auto& kept = m_model.kept();
    if (m_model.running() || index < 0 || index >= std::ssize(kept))
        return;
    const TrainingRunRecord run = kept[static_cast<std::size_t>(index)];
    m_model.show(run);
    if (run.phase != TrainingPhase::done && run.form)
        offerResume(*run.form);
}

// The settings of an unfinished run, so that Resume goes on with it; what a plan doesn't tell stays as it is.
void TrainingPage::offerResume(TrainingForm form) {
    if (form.textPath.isEmpty() || form.textPath == m_bench.setup().setup().textPath)
        form.textPath.clear(); // the window's
    form.useFactors = this->form().useFactors;
    form.saveBf16 = this->form().saveBf16;
    form.checkpointInterval = this->form().checkpointInterval;
    form.probeWindows = this->form().probeWindows;
    setForm(form);
}

void TrainingPage::setStatus(const QString& status) {
    m_status = status;
    followModel();
}

void TrainingPage::followModel() {
    const bool warning = m_model.phase() == TrainingPhase::failed;
    Theme::setRole(*m_state, warning ? QStringLiteral("warning") : QString());
    m_state->setText(stateText());
    m_controls->setLocked(m_model.running());
    if (m_model.phase() == TrainingPhase::done)
        proposeOutput();
    followButtons();
}

void TrainingPage::followForm() {
    const Setup& setup = m_bench.setup().setup();
    const FactorSetEntry* set = m_bench.currentSet();
    m_controls->setNames(setup.textName, set ? set->name : QString());
    m_problems = trainingProblems(form(), setup, set);
    if (!m_controls->offers(form().method))
        m_problems[TrainingField::method] =
            tr("The window's model can't be trained so: choose another way, or open the "
               "model that the run began with.");
    // A page without a model needs one sentence, not all of them.
    if (setup.modelPath.isEmpty())
        m_problems = {{TrainingField::model, m_problems[TrainingField::model]}};
    m_controls->showProblems(m_problems);
    if (!m_problems.empty())
        m_model.setForecast(std::nullopt);
    m_forecastTimer->start();
    followButtons();
    m_state->setText(stateText());
}

void TrainingPage::followButtons() {
    const bool running = m_model.running();
    const QString word = resumes() ? tr("Resume") : tr("Start");
    m_start->setText(running ? tr("Training…") : word);
    m_start->setToolTip(resumes() ? tr("Goes on from the newest checkpoint in the folder (Ctrl+R)")
                                  : tr("Trains in the background (Ctrl+R)"));
    m_start->setEnabled(!running && m_problems.empty());
    m_pause->setVisible(running);
    m_stop->setVisible(running);
    m_measure->setVisible(!running);
    m_open->setVisible(!running);
    const bool there = m_model.newestModel().has_value();
    m_measure->setEnabled(there && m_model.run().info.measurable);
    m_open->setEnabled(there);
    m_runs->setEnabled(!running);
    m_charts->setInvitation(m_problems.empty() ? QString() : m_problems.begin()->second, word);
}

QString TrainingPage::runningText() const {
    const TrainingPoint* last = m_model.last();
    if (!last)
        return m_status.isEmpty() ? tr("Waiting for the engine…") : m_status;
    QStringList parts{tr("Step %1 of %2").arg(countText(last->step), countText(m_model.run().info.steps))};
    if (last->stages > 1)
        parts << tr("stage %1 of %2").arg(last->stage).arg(last->stages);
    parts << tr("loss %1 (smoothed %2)").arg(factorText(last->loss), factorText(last->smoothedLoss))
          << tr("%1 tokens/s").arg(countText(std::llround(last->tokensPerSecond)))
          << tr("%1 left").arg(durationText(last->secondsLeft));
    return parts.join(QStringLiteral("   "));
}

QString TrainingPage::stateText() const {
    const TrainingRunRecord& run = m_model.run();
    const TrainingPoint* last = m_model.last();
    const QString steps = countText(run.info.steps);
    const QString done = countText(last ? last->step : 0);
    const QString folder = QDir::toNativeSeparators(run.info.output);
    switch (run.phase) {
    case TrainingPhase::running:
        return runningText();
    case TrainingPhase::paused:
        return tr("Paused after step %1 of %2. Resume goes on there.").arg(done, steps);
    case TrainingPhase::cancelled:
        return tr("Stopped after step %1 of %2. What was saved is in %3.").arg(done, steps, folder);
    case TrainingPhase::failed:
        return run.message;
    case TrainingPhase::done:
        return last
                   ? tr("Done: %1 steps, smoothed loss %2 → %3, in %4")
                         .arg(done, factorText(run.points.front().smoothedLoss), factorText(last->smoothedLoss), folder)
                   : tr("Done, in %1").arg(folder);
    case TrainingPhase::none:
        break;
    }
    if (!m_problems.empty())
        return {};
    return tr("%1 steps of %2 tokens: %3, %4.")
        .arg(countText(form().steps), countText(form().tokensPerStep()), methodWords(form()),
             form().useFactors && m_bench.currentSet() ? m_bench.currentSet()->name : tr("factors as configured"));
}

QString TrainingPage::forecastText(const TrainingForecast& forecast) const {
    if (!forecast.problem.isEmpty())
        return forecast.problem;
    QStringList parts{tr("%1 tokens").arg(countText(forecast.tokens))};
    if (forecast.seconds > 0)
        parts << tr("about %1").arg(durationText(forecast.seconds));
    if (forecast.available > 0)
        parts << tr("%1 of %2 memory").arg(bytesText(forecast.bytes()), bytesText(forecast.available));
    else
        parts << tr("%1 memory").arg(bytesText(forecast.bytes()));
    QStringList sizes;
    for (const TrainingForecast::Part& part : forecast.parts)
        sizes << tr("%1 %2").arg(part.name, bytesText(part.bytes));
    QString text = parts.join(QStringLiteral(", ")) + QLatin1Char('\n') + sizes.join(QStringLiteral(" · "));
    if (!forecast.advice.isEmpty())
        text += QLatin1Char('\n') + forecast.advice;
    return text;
}

void TrainingPage::followForecast() {
    const auto& forecast = m_model.forecast();
    const bool warning = forecast && !(forecast->problem.isEmpty() && forecast->advice.isEmpty());
    Theme::setRole(*m_forecastText, warning ? QStringLiteral("warning") : QStringLiteral("quiet"));
    m_forecastText->setText(forecast ? forecastText(*forecast) : QString());
    m_forecastText->setVisible(forecast.has_value());
    m_forecastBar->setVisible(forecast && forecast->problem.isEmpty());
    if (forecast)
        m_forecastBar->setForecast(*forecast);
}

void TrainingPage::followKept() {
    const QSignalBlocker quiet(m_runs);
    m_runs->clear();
    int shown = -1;
    for (const TrainingRunRecord& run : m_model.kept()) {
        if (run.info.id == m_model.run().info.id)
            shown = m_runs->count();
        m_runs->addItem(tr("%1. %2, %3 steps")
                            .arg(m_runs->count() + 1)
                            .arg(run.info.method, countText(static_cast<std::int64_t>(run.points.size()))));
    }
    // A study that is opened shows its newest run.
    if (shown < 0 && m_model.phase() == TrainingPhase::none && m_runs->count() > 0) {
        shown = m_runs->count() - 1;
        showKept(shown);
    }
    m_runs->setCurrentIndex(shown);
    m_runs->setPlaceholderText(tr("runs of this study"));
    m_runs->setVisible(m_runs->count() > 0);
}

// A short run of the bundled model, so that the pictures show what training shows.
void TrainingPage::startPictureRun() {
    m_ownForm = form();
    m_pictureFolder = std::make_unique<QTemporaryDir>();
    TrainingForm form = this->form();
    form.length = 128;
    form.steps = 48;
    form.batch = 1;
    form.accumulation = 1;
    form.optimizer.learningRate = 2e-4;
    form.optimizer.warmup = 8;
    form.optimizer.schedule = QStringLiteral("cosine");
    form.preset.clear();
    form.checkpointInterval = 12;
    form.probeWindows = 6;
    form.output = m_pictureFolder->filePath(QStringLiteral("run"));
    setForm(form);
    start();
}

QString TrainingPage::showPicture(int index) {
    if (m_model.phase() == TrainingPhase::done && m_pictureFolder)
        m_pictureRun = m_model.run();
    const auto part = [&](std::size_t points, TrainingPhase phase, const QString& message) {
        TrainingRunRecord run = m_pictureRun;
        run.points.resize(std::min(points, run.points.size()));
        const std::int64_t last = run.points.empty() ? 0 : run.points.back().step;
        std::erase_if(run.probes, [&](const TrainingProbe& probe) { return probe.step > last; });
        run.phase = phase;
        run.message = message;
        m_model.show(run);
    };
    const std::size_t all = m_pictureRun.points.size();
    switch (index) {
    case 1:
        if (all == 0)
            startPictureRun();
        else
            m_model.show(m_pictureRun);
        return QStringLiteral("done");
    case 2:
        part(2 * all / 5, TrainingPhase::running, {});
        return QStringLiteral("running");
    case 3:
        part(1, TrainingPhase::running, {});
        return QStringLiteral("first-step");
    case 4:
        part(all / 2, TrainingPhase::paused, {});
        return QStringLiteral("paused");
    case 5:
        part(all / 3, TrainingPhase::failed,
             tr("step %1: the loss is nan. Nothing was changed by this step. A smaller learning rate, a longer warm-up "
                "or clipping usually help.")
                 .arg(all / 3 + 1));
        return QStringLiteral("failed");
    default:
        m_model.clear();
        if (m_pictureFolder)
            setForm(m_ownForm);
        return {};
    }
}

} // namespace ropescope
