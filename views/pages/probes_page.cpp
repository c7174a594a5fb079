#include "views/pages/probes_page.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "views/charts/chart_panel.h"
#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/models/table_text.h"
#include "views/models/value_text.h"
#include "views/widgets/controls.h"
#include "views/widgets/elided_label.h"

namespace ropescope {

namespace {

constexpr int mostLengths = 6;
constexpr std::int64_t shortestPasskey = 128; // tokens: task, key and question take most of a shorter prompt
const std::vector<double> passkeyDepths{0, 0.25, 0.5, 0.75, 1};

// Sorts by number where a column holds numbers; the swatch of the set's colour is added here, where colours are known.
class SortedSets : public QSortFilterProxyModel {
public:
    SortedSets(const Theme& theme, QObject* parent) : QSortFilterProxyModel(parent), m_theme(theme) {
        setSortRole(ComparisonTableModel::sortRole);
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (role == Qt::DecorationRole) {
            const QVariant colour = QSortFilterProxyModel::data(index, ComparisonTableModel::colourRole);
            return colour.isValid() ? QVariant(m_theme.set(colour.toInt())) : QVariant();
        }
        return QSortFilterProxyModel::data(index, role);
    }

private:
    const Theme& m_theme;
};

// The middle of a bin on an axis of ratios.
double middleOf(const PositionBin& bin) {
    return std::sqrt(static_cast<double>(bin.first + 1) * static_cast<double>(bin.end));
}

// A line with a band of one standard error, read at every point.
void addBins(ChartCurve& curve, const std::vector<PositionBin>& bins, bool isDifference) {
    for (const PositionBin& bin : bins) {
        const Estimate& estimate = bin.estimate;
        const double error = std::isfinite(estimate.standardError) ? estimate.standardError : 0;
        curve.points.push_back({middleOf(bin), estimate.mean});
        curve.low.push_back(estimate.mean - error);
        curve.high.push_back(estimate.mean + error);
        curve.tips.push_back(ProbesPage::tr("%1, positions %2 to %3: %4 %5 ± %6, %7 tokens")
                                 .arg(curve.name, countText(bin.first), countText(bin.end - 1),
                                      isDifference ? ProbesPage::tr("Δ NLL") : ProbesPage::tr("NLL"),
                                      factorText(estimate.mean), factorText(estimate.standardError),
                                      countText(estimate.tokens)));
    }
}

} // namespace

ProbesPage::ProbesPage(Bench& bench, const Theme& theme, QWidget* parent)
    : Page(parent), m_bench(bench), m_theme(theme), m_model(bench.sets(), bench.setup()),
      m_rows(bench.sets(), m_model) {
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
    splitter->addWidget(buildTable());
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

QWidget* ProbesPage::buildTable() {
    auto* sorted = new SortedSets(m_theme, this);
    sorted->setSourceModel(&m_rows);
    m_table = new QTableView;
    m_table->setObjectName(QStringLiteral("comparisonTable"));
    m_table->setAccessibleName(tr("Comparison of all sets"));
    m_table->setModel(sorted);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(3 * spacingUnit);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setIconSize(QSize(10, 10));
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        m_bench.selection().setSet(index.data(ComparisonTableModel::idRole).toLongLong());
    });
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* heading = new QHBoxLayout;
    heading->addWidget(new QLabel(tr("All sets")));
    heading->addStretch(1);
    addTableButtons(*heading);
    column->addLayout(heading);
    column->addWidget(m_table, 1);
    return box;
}

void ProbesPage::addTableButtons(QHBoxLayout& row) {
    const auto add = [&row](const QString& text, const QString& name, const QString& tip) {
        auto* button = new QPushButton(text);
        button->setObjectName(name);
        button->setProperty("role", QStringLiteral("link"));
        button->setToolTip(tip);
        row.addWidget(button);
        return button;
    };
    connect(add(tr("Copy as text"), QStringLiteral("copyTable"), tr("Columns lined up with spaces")),
            &QPushButton::clicked, this, [this] { copyTable(false); });
    connect(add(tr("Copy as Markdown"), QStringLiteral("copyMarkdown"), tr("A pipe table")), &QPushButton::clicked,
            this, [this] { copyTable(true); });
    connect(add(tr("Save CSV…"), QStringLiteral("saveCsv"), tr("Full numbers, errors in columns of their own")),
            &QPushButton::clicked, this, &ProbesPage::askAndSaveCsv);
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
            return {tr("Cancelled; what was measured stays."), false};
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
    switch (m_model.phase(kind)) {
    case ProbePhase::running:
        panel.showNote(tr("Loading the model and scoring the first windows…"));
        break;
    case ProbePhase::failed:
        panel.showNote(m_model.message(kind), tr("Try again"), true);
        break;
    case ProbePhase::cancelled:
        panel.showNote(tr("Cancelled before the first result."), button);
        break;
    case ProbePhase::none:
    case ProbePhase::done:
        panel.showNote(noModel ? tr("Open a model first.") : question, noModel ? QString() : button);
        break;
    }
}

void ProbesPage::followLengths() {
    std::vector<ChartCurve> curves;
    for (const FactorSetEntry& entry : m_bench.sets().entries()) {
        if (!entry.visible || entry.measurements.empty())
            continue;
        std::map<std::int64_t, Measurement> newest;
        for (const Measurement& measurement : entry.measurements)
            newest[measurement.length] = measurement;
        ChartCurve curve;
        curve.name = entry.name;
        curve.colour = entry.colour;
        curve.strong = entry.id == m_bench.selection().set();
        for (const auto& [length, measured] : newest) {
            curve.points.push_back({static_cast<double>(length), measured.perplexity});
            curve.low.push_back(measured.perplexity - measured.standardError);
            curve.high.push_back(measured.perplexity + measured.standardError);
            curve.tips.push_back(tr("%1 at %2 tokens: perplexity %3, from %4 tokens")
                                     .arg(entry.name, countText(length),
                                          valueWithErrorText(measured.perplexity, measured.standardError),
                                          countText(measured.tokens)));
        }
        curves.push_back(std::move(curve));
    }
    if (curves.empty()) {
        showState(*m_lengthPanel, ProbeKind::perplexity, tr("How does perplexity grow with length, set by set?"),
                  tr("Measure visible sets"));
        return;
    }
    CurveChart::Axes axes;
    axes.xTitle = tr("window length, tokens");
    axes.yTitle = tr("perplexity");
    axes.xScale = AxisScale::logarithmic;
    axes.yScale = AxisScale::logarithmic;
    axes.xCounts = true;
    m_lengths->setAxes(axes);
    m_lengths->setMarks(
        {{Qt::Vertical, static_cast<double>(m_bench.setup().setup().geometry.trainedLength), tr("trained length")}});
    m_lengths->setCurves(std::move(curves));
    m_lengthPanel->showChart();
}

void ProbesPage::followPositions() {
    const ProbeComparison& comparison = m_model.comparison();
    std::vector<ChartCurve> curves;
    for (const ProbeComparison::Scored& scored : comparison.sets) {
        const FactorSetEntry* entry = m_bench.sets().find(scored.set);
        if (!entry || !entry->visible)
            continue;
        ChartCurve curve;
        curve.name = entry->name;
        curve.colour = entry->colour;
        curve.dots = false;
        curve.strong = entry->id == m_bench.selection().set();
        addBins(curve, scored.byPosition, false);
        curves.push_back(std::move(curve));
    }
    if (curves.empty()) {
        showState(*m_positionPanel, ProbeKind::perplexity, tr("Where in the window does a set get worse?"),
                  tr("Measure visible sets"));
        return;
    }
    CurveChart::Axes axes;
    axes.xTitle = tr("position in the window, tokens");
    axes.yTitle = tr("NLL, nats per token");
    axes.xScale = AxisScale::logarithmic;
    axes.xCounts = true;
    m_positions->setAxes(axes);
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
    std::vector<ChartCurve> curves;
    for (const ProbeComparison::Scored& scored : m_model.comparison().sets) {
        const FactorSetEntry* entry = m_bench.sets().find(scored.set);
        const auto difference = m_model.difference(scored.set);
        if (!entry || !entry->visible || !difference)
            continue;
        ChartCurve curve;
        curve.name = entry->name;
        curve.colour = entry->colour;
        curve.dots = false;
        curve.strong = entry->id == m_bench.selection().set();
        addBins(curve, difference->byPosition, true);
        curves.push_back(std::move(curve));
    }
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
    CurveChart::Axes axes;
    axes.xTitle = tr("position in the window, tokens");
    axes.yTitle = tr("Δ NLL, nats per token; below 0 is better");
    axes.xScale = AxisScale::logarithmic;
    axes.xCounts = true;
    axes.yHolds = 0;
    m_differences->setAxes(axes);
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
    std::vector<std::int64_t> lengths;
    std::vector<double> depths;
    for (const PasskeyResult& cell : cells) {
        lengths.push_back(cell.length);
        depths.push_back(cell.depth);
    }
    const auto unique = [](auto& list) {
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
    };
    unique(lengths);
    unique(depths);
    HeatData heat;
    heat.columns = static_cast<int>(lengths.size());
    heat.rows = static_cast<int>(depths.size());
    const auto count = lengths.size() * depths.size();
    heat.values.assign(count, std::numeric_limits<double>::quiet_NaN());
    heat.words.resize(count);
    heat.tips.resize(count);
    for (const PasskeyResult& cell : cells) {
        const auto column =
            static_cast<std::size_t>(std::lower_bound(lengths.begin(), lengths.end(), cell.length) - lengths.begin());
        const auto row =
            static_cast<std::size_t>(std::lower_bound(depths.begin(), depths.end(), cell.depth) - depths.begin());
        const std::size_t i = row * lengths.size() + column;
        heat.values[i] =
            static_cast<double>(cell.correct) / static_cast<double>(std::max<std::int64_t>(cell.trials, 1));
        heat.words[i] = QStringLiteral("%1/%2").arg(cell.correct).arg(cell.trials);
        heat.tips[i] = tr("%1 tokens, depth %2: %3 of %4 right, Wilson's 95 % interval %5 to %6")
                           .arg(countText(cell.length), shareText(cell.depth))
                           .arg(cell.correct)
                           .arg(cell.trials)
                           .arg(shareText(cell.interval.low), shareText(cell.interval.high));
    }
    for (std::size_t i = 0; i < lengths.size(); ++i)
        heat.columnTicks.push_back(
            {(static_cast<double>(i) + 0.5) / static_cast<double>(lengths.size()), countText(lengths[i])});
    for (std::size_t i = 0; i < depths.size(); ++i)
        heat.rowTicks.push_back({(static_cast<double>(i) + 0.5) / static_cast<double>(depths.size()),
                                 QStringLiteral("%1 %").arg(std::lround(100 * depths[i]))});
    heat.columnTitle = tr("prompt length, tokens");
    heat.rowTitle = tr("depth of the key");
    heat.barTitle = tr("share right");
    heat.range = {0, 1};
    m_keys->setData(std::move(heat));
    m_keyPanel->setTitle(
        tr("Passkey: %1").arg(set->name),
        tr("A five-digit key said twice in filler, asked for at the end; right answers of all trials"));
    m_keyPanel->showChart();
}

void ProbesPage::copyTable(bool markdown) {
    QGuiApplication::clipboard()->setText(
        tableText(*m_table->model(), markdown ? TableFormat::markdown : TableFormat::plain));
}

void ProbesPage::askAndSaveCsv() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the comparison"), QStringLiteral("comparison.csv"),
                                                      tr("CSV (*.csv)"));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(m_rows.csv().toUtf8()) < 0 || !file.commit())
        Q_EMIT failed(tr("The table could not be written to %1: %2").arg(path, file.errorString()));
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
