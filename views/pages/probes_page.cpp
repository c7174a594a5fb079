#include "views/pages/probes_page.h"

#include <algorithm>

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/charts/chart_panel.h"
#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/charts/phase_note.h"
#include "views/models/value_text.h"
#include "views/pages/comparison_panel.h"
#include "views/pages/probe_charts.h"
#include "views/widgets/controls.h"
#include "views/widgets/elided_label.h"

namespace ropescope {

namespace {

constexpr int mostLengths = 6;
constexpr std::int64_t shortestPasskey = 128; // tokens: task, key and question take most of a shorter prompt
const std::vector<double> passkeyDepths{0, 0.25, 0.5, 0.75, 1};

} // namespace

ProbesPage::ProbesPage(Bench& bench, const Theme& theme, QWidget* parent)
    : Page(parent), m_bench(bench), m_theme(theme), m_model(bench.sets(), bench.setup()) {
    setObjectName(QStringLiteral("probesPage"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    column->setSpacing(spacingUnit);
    column->addWidget(buildControls());
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("probesSplitter"));
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(spacingUnit);
    splitter->addWidget(buildCharts());
    auto* table = new ComparisonPanel(bench, m_model, theme);
    connect(table, &ComparisonPanel::failed, this, &ProbesPage::failed);
    splitter->addWidget(table);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    column->addWidget(splitter, 1);

    connect(&m_model, &ProbeModel::changed, this, &ProbesPage::follow);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &ProbesPage::follow);
    connect(&bench.sets(), &FactorSetStore::inserted, this, &ProbesPage::follow);
    connect(&bench.sets(), &FactorSetStore::removed, this, &ProbesPage::follow);
    connect(&bench.selection(), &Selection::setChanged, this, &ProbesPage::follow);
    connect(&bench.setup(), &SetupModel::changed, this, &ProbesPage::follow);
    connect(&theme, &Theme::changed, this, &ProbesPage::follow);
    follow();
}

QWidget* ProbesPage::buildControls() {
    auto* controls = new QWidget;
    controls->setObjectName(QStringLiteral("probeControls"));
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacingUnit);
    m_windows = countField(QStringLiteral("probeWindows"), tr("Windows of the text"), 1, 1000);
    m_windows->setValue(4);
    m_windows->setToolTip(
        tr("Windows side by side from the text's start, at each length; more of them narrow the error"));
    m_trials = countField(QStringLiteral("passkeyTrials"), tr("Passkey trials per cell"), 1, 1000);
    m_trials->setValue(5);
    m_trials->setToolTip(tr("Keys asked for at every length and depth; the interval is Wilson's at 95 %"));
    m_reference = new QComboBox;
    m_reference->setObjectName(QStringLiteral("referenceSet"));
    m_reference->setAccessibleName(tr("Reference of the differences"));
    m_reference->setToolTip(tr("Differences are NLL(set) − NLL(reference), token by token over the same windows"));
    m_cost = new ElidedLabel;
    m_cost->setObjectName(QStringLiteral("probeCost"));
    m_measure = new QPushButton(tr("Measure visible sets"));
    m_measure->setObjectName(QStringLiteral("measureSets"));
    m_measure->setShortcut(QKeySequence(QStringLiteral("Ctrl+R")));
    m_measure->setToolTip(tr("Scores the visible sets in the background (Ctrl+R)"));
    m_passkey = new QPushButton(tr("Passkeys"));
    m_passkey->setObjectName(QStringLiteral("measurePasskeys"));
    m_passkey->setToolTip(tr("Hides keys in filler and asks the model for them, with the current set"));
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setObjectName(QStringLiteral("cancelProbe"));
    m_cancel->setToolTip(tr("Stops at the next safe point; what there is stays"));
    row->addWidget(quietLabel(tr("windows")));
    row->addWidget(m_windows);
    row->addWidget(m_measure);
    row->addSpacing(spacingUnit);
    row->addWidget(quietLabel(tr("trials")));
    row->addWidget(m_trials);
    row->addWidget(m_passkey);
    row->addWidget(m_cancel);
    row->addWidget(m_cost, 1);
    row->addWidget(quietLabel(tr("reference")));
    row->addWidget(m_reference);
    connect(m_measure, &QPushButton::clicked, this, &ProbesPage::requestPerplexity);
    connect(m_passkey, &QPushButton::clicked, this, &ProbesPage::requestPasskey);
    connect(m_cancel, &QPushButton::clicked, this, &ProbesPage::cancelRequested);
    connect(m_windows, &QSpinBox::valueChanged, this, &ProbesPage::followControls);
    connect(m_reference, &QComboBox::activated, this,
            [this](int index) { m_model.setReference(m_reference->itemData(index).toLongLong()); });
    return controls;
}

QWidget* ProbesPage::buildCharts() {
    m_lengths = new CurveChart(QStringLiteral("lengthChart"), tr("Perplexity over length"), m_theme);
    m_positions = new CurveChart(QStringLiteral("positionChart"), tr("NLL over position"), m_theme);
    m_differences = new CurveChart(QStringLiteral("differenceChart"), tr("Difference to the reference"), m_theme);
    m_keys = new HeatMap(QStringLiteral("passkeyMap"), tr("Passkey retrieval by length and depth"), m_theme);
    m_lengthPanel = new ChartPanel(tr("Perplexity over length"), m_lengths, m_theme);
    m_positionPanel = new ChartPanel(tr("NLL over position"), m_positions, m_theme);
    m_differencePanel = new ChartPanel(tr("Difference to the reference"), m_differences, m_theme);
    m_keyPanel = new ChartPanel(tr("Passkey"), m_keys, m_theme);
    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(3 * spacingUnit);
    grid->setVerticalSpacing(spacingUnit);
    int place = 0;
    for (ChartPanel* panel : {m_lengthPanel, m_positionPanel, m_differencePanel, m_keyPanel}) {
        grid->addWidget(panel, place / 2, place % 2);
        ++place;
        connect(panel, &ChartPanel::failed, this, &ProbesPage::failed);
        if (panel == m_keyPanel)
            connect(panel, &ChartPanel::noteAction, this, &ProbesPage::requestPasskey);
        else
            connect(panel, &ChartPanel::noteAction, this, &ProbesPage::requestPerplexity);
    }
    for (int i = 0; i < 2; ++i) {
        grid->setRowStretch(i, 1);
        grid->setColumnStretch(i, 1);
    }
    return box;
}

std::int64_t ProbesPage::windows() const {
    return m_windows->value();
}

PerplexityPlan ProbesPage::perplexityPlan() const {
    const Setup& setup = m_bench.setup().setup();
    PerplexityPlan plan;
    for (const FactorSetEntry& entry : m_bench.sets().entries())
        if (entry.visible)
            plan.sets.push_back(entry.id);
    if (setup.targetLength > 0)
        plan.lengths = lengthLadder(setup.geometry.trainedLength, setup.targetLength, mostLengths);
    plan.windows = m_windows->value();
    return plan;
}

PasskeyPlan ProbesPage::passkeyPlan() const {
    const Setup& setup = m_bench.setup().setup();
    PasskeyPlan plan;
    if (m_bench.currentSet())
        plan.sets = {m_bench.selection().set()};
    if (setup.targetLength > 0)
        plan.lengths = lengthLadder(setup.geometry.trainedLength, setup.targetLength, mostLengths);
    std::erase_if(plan.lengths, [](std::int64_t length) { return length < shortestPasskey; });
    plan.depths = passkeyDepths;
    plan.trials = m_trials->value();
    return plan;
}

void ProbesPage::requestPerplexity() {
    const PerplexityPlan plan = perplexityPlan();
    if (!running() && !plan.sets.empty() && !plan.lengths.empty())
        Q_EMIT perplexityRequested(plan);
}

void ProbesPage::requestPasskey() {
    const PasskeyPlan plan = passkeyPlan();
    if (!running() && !plan.sets.empty() && !plan.lengths.empty())
        Q_EMIT passkeyRequested(plan);
}

void ProbesPage::setStatus(const QString& status) {
    m_status = status;
    followControls();
}

bool ProbesPage::running() const {
    return m_model.phase(ProbeKind::perplexity) == ProbePhase::running ||
           m_model.phase(ProbeKind::passkey) == ProbePhase::running;
}

void ProbesPage::follow() {
    followControls();
    followReferences();
    followLengths();
    followPositions();
    followDifferences();
    followPasskey();
}

void ProbesPage::followControls() {
    const PerplexityPlan plan = perplexityPlan();
    const bool busy = running();
    m_measure->setEnabled(!busy && !plan.sets.empty() && !plan.lengths.empty());
    m_passkey->setEnabled(!busy && !passkeyPlan().sets.empty() && !passkeyPlan().lengths.empty());
    m_measure->setVisible(!busy);
    m_passkey->setVisible(!busy);
    m_cancel->setVisible(busy);
    const auto [text, failure] = situation();
    Theme::setRole(*m_cost, failure ? QStringLiteral("warning") : QStringLiteral("quiet"));
    m_cost->setText(text);
}

std::pair<QString, bool> ProbesPage::situation() const {
    if (running())
        return {m_status.isEmpty() ? tr("waiting for the engine…") : m_status, false};
    // In place of a chart a failure is said there; beside what there was before, here.
    for (const ProbeKind kind : {ProbeKind::perplexity, ProbeKind::passkey}) {
        if (m_model.phase(kind) == ProbePhase::failed)
            return {m_model.message(kind), true};
        if (m_model.phase(kind) == ProbePhase::cancelled)
            return {tr("Cancelled; what was measured stays, and measuring again does the rest."), false};
    }
    const PerplexityPlan plan = perplexityPlan();
    if (plan.lengths.empty())
        return {tr("Open a model first."), false};
    if (plan.sets.empty())
        return {tr("Show a factor set in the list at the left."), false};
    return {tr("%1 to %2 tokens, sets: %3")
                .arg(countText(plan.lengths.front()), countText(plan.lengths.back()))
                .arg(plan.sets.size()),
            false};
}

void ProbesPage::followReferences() {
    const QSignalBlocker quiet(m_reference);
    m_reference->clear();
    for (const ProbeComparison::Scored& scored : m_model.comparison().sets)
        if (const FactorSetEntry* entry = m_bench.sets().find(scored.set))
            m_reference->addItem(entry->name, QVariant::fromValue<qlonglong>(entry->id));
    m_reference->setCurrentIndex(m_reference->findData(QVariant::fromValue<qlonglong>(m_model.reference())));
    m_reference->setEnabled(m_reference->count() > 1);
    m_reference->setPlaceholderText(tr("none yet"));
}

void ProbesPage::showState(ChartPanel& panel, ProbeKind kind, const QString& question, const QString& button) {
    const bool noModel = m_bench.setup().setup().geometry.pairs() == 0;
    showPhase(panel, m_model.phase(kind), m_model.message(kind),
              {noModel ? tr("Open a model first.") : question, noModel ? QString() : button,
               tr("Loading the model and scoring the first windows…"), tr("Cancelled before the first result.")});
}

void ProbesPage::followLengths() {
    auto curves = ProbeCharts::lengths(m_bench.sets(), m_bench.selection().set());
    if (curves.empty()) {
        showState(*m_lengthPanel, ProbeKind::perplexity, tr("How does perplexity grow with length, set by set?"),
                  tr("Measure visible sets"));
        return;
    }
    m_lengths->setAxes(ProbeCharts::lengthAxes());
    m_lengths->setMarks(
        {{Qt::Vertical, static_cast<double>(m_bench.setup().setup().geometry.trainedLength), tr("trained length")}});
    m_lengths->setCurves(std::move(curves));
    m_lengthPanel->showChart();
}

void ProbesPage::followPositions() {
    const ProbeComparison& comparison = m_model.comparison();
    auto curves = ProbeCharts::positions(m_bench.sets(), m_model, m_bench.selection().set());
    if (curves.empty()) {
        showState(*m_positionPanel, ProbeKind::perplexity, tr("Where in the window does a set get worse?"),
                  tr("Measure visible sets"));
        return;
    }
    m_positions->setAxes(ProbeCharts::positionAxes());
    m_positions->setMarks(
        {{Qt::Vertical, static_cast<double>(m_bench.setup().setup().geometry.trainedLength), tr("trained length")}});
    m_positions->setCurves(std::move(curves));
    m_positionPanel->setTitle(tr("NLL over position at %1 tokens, windows: %2")
                                  .arg(countText(comparison.length), countText(comparison.windows)),
                              tr("Mean NLL of the tokens in each range of positions; the band is one standard error"));
    m_positionPanel->showChart();
}

void ProbesPage::followDifferences() {
    const FactorSetEntry* reference = m_bench.sets().find(m_model.reference());
    auto curves = ProbeCharts::differences(m_bench.sets(), m_model, m_bench.selection().set());
    if (curves.empty() || !reference) {
        m_differencePanel->setTitle(tr("Difference to the reference"));
        if (m_model.comparison().sets.size() == 1)
            m_differencePanel->showNote(tr("One set alone has nothing to differ from. Show another and measure."));
        else
            showState(*m_differencePanel, ProbeKind::perplexity,
                      tr("Which set is better on the same tokens, and is it "
                         "more than noise?"),
                      tr("Measure visible sets"));
        return;
    }
    m_differences->setAxes(ProbeCharts::differenceAxes());
    m_differences->setMarks({{Qt::Horizontal, 0, reference->name}});
    m_differences->setCurves(std::move(curves));
    m_differencePanel->setTitle(tr("Difference to %1").arg(reference->name),
                                tr("Mean over the same tokens of NLL(set) − NLL(reference); the band is one standard "
                                   "error"));
    m_differencePanel->showChart();
}

void ProbesPage::followPasskey() {
    const FactorSetEntry* set = m_bench.currentSet();
    const auto cells = set ? m_model.passkey(set->id) : std::vector<PasskeyResult>();
    if (cells.empty()) {
        m_keyPanel->setTitle(tr("Passkey"));
        showState(*m_keyPanel, ProbeKind::passkey,
                  set ? tr("Does %1 find a key hidden at any depth, at any length?").arg(set->name)
                      : tr("Select a factor set in the list at the left."),
                  set ? tr("Try passkeys") : QString());
        return;
    }
    m_keys->setData(ProbeCharts::passkeys(cells));
    m_keyPanel->setTitle(
        tr("Passkey: %1").arg(set->name),
        tr("A five-digit key said twice in filler, asked for at the end; right answers of all trials"));
    m_keyPanel->showChart();
}

QString ProbesPage::showPicture(int index) {
    const FactorSetEntry* current = m_bench.currentSet();
    const auto lengths = perplexityPlan().lengths;
    switch (index) {
    case 1:
        if (current && !lengths.empty() && !current->measuredAt(lengths.front()))
            requestPerplexity();
        return QStringLiteral("measured");
    case 2:
        if (current && m_model.passkey(current->id).empty())
            requestPasskey();
        return QStringLiteral("passkeys");
    case 3:
        m_model.setPhase(ProbeKind::passkey, ProbePhase::failed,
                         tr("This model has no tokenizer, and a passkey prompt is text. Choose a model with one."));
        return QStringLiteral("failed");
    case 4:
        m_model.setPhase(ProbeKind::passkey, ProbePhase::running);
        return QStringLiteral("running");
    default:
        if (m_model.phase(ProbeKind::passkey) != ProbePhase::done)
            m_model.setPhase(ProbeKind::passkey, ProbePhase::none);
        return {};
    }
}

} // namespace ropescope
