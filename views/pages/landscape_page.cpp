#include "views/pages/landscape_page.h"

#include <algorithm>
#include <cmath>

#include <QButtonGroup>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

#include "views/charts/chart_panel.h"
#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/charts/pair_bars.h"
#include "views/models/ticks.h"
#include "views/models/value_text.h"
#include "views/widgets/controls.h"
#include "views/widgets/elided_label.h"

namespace ropescope {

namespace {

constexpr int curvePoints = 17;
constexpr int mapPoints = 9;
constexpr int contourLevels = 8;

QString scaledText(double scale) {
    return QStringLiteral("× %1").arg(factorText(scale));
}

std::vector<HeatTick> scaleTicks(const ScaleAxis& axis, int points) {
    PlotAxis plot;
    plot.range = {axis.low, axis.high};
    plot.scale = AxisScale::logarithmic;
    plot.factors = true;
    std::vector<HeatTick> ticks;
    const auto values = plot.ticks(6);
    for (const double value : values)
        ticks.push_back({(plot.share(value) * (points - 1) + 0.5) / points, plot.label(value, values)});
    return ticks;
}

bool overlap(const Segment& a, const Segment& b) {
    return a.first < b.end && b.first < a.end;
}

} // namespace

LandscapePage::LandscapePage(Bench& bench, const Theme& theme, QWidget* parent)
    : Page(parent), m_bench(bench), m_theme(theme), m_model(bench.setup()) {
    setObjectName(QStringLiteral("landscapePage"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    column->setSpacing(spacingUnit);
    column->addWidget(buildControls());
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setObjectName(QStringLiteral("landscapeSplitter"));
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(2 * spacingUnit);
    splitter->addWidget(buildCharts());
    splitter->addWidget(buildSensitivity());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    column->addWidget(splitter, 1);

    connect(&m_model, &LandscapeModel::changed, this, &LandscapePage::follow);
    connect(&bench.setup(), &SetupModel::geometryChanged, this, &LandscapePage::fitToModel);
    connect(&bench.setup(), &SetupModel::changed, this, &LandscapePage::followControls);
    connect(&bench.selection(), &Selection::segmentChanged, this, &LandscapePage::followSelection);
    connect(&bench.selection(), &Selection::setChanged, this, &LandscapePage::follow);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &LandscapePage::followControls);
    connect(&bench.sensitivity(), &SensitivityModel::changed, this, &LandscapePage::followSensitivity);
    connect(&theme, &Theme::changed, this, &LandscapePage::follow);
    fitToModel();
}

QWidget* LandscapePage::buildControls() {
    auto* controls = new QWidget;
    controls->setObjectName(QStringLiteral("landscapeControls"));
    auto* rows = new QVBoxLayout(controls);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(spacingUnit / 2);
    auto* top = new QHBoxLayout;
    auto* bottom = new QHBoxLayout;
    for (QHBoxLayout* row : {top, bottom}) {
        row->setSpacing(spacingUnit);
        rows->addLayout(row);
    }
    addMode(*top);
    m_first = addPairs(*top, QStringLiteral("first"), tr("pairs"));
    m_secondBox = new QWidget;
    auto* second = new QHBoxLayout(m_secondBox);
    second->setContentsMargins(0, 0, 0, 0);
    second->setSpacing(spacingUnit);
    m_second = addPairs(*second, QStringLiteral("second"), tr("and pairs"));
    top->addWidget(m_secondBox);
    addScale(*top);
    top->addStretch(1);
    addAmount(*bottom);
    m_cost = new ElidedLabel;
    m_cost->setObjectName(QStringLiteral("landscapeCost"));
    Theme::setRole(*m_cost, QStringLiteral("quiet"));
    bottom->addWidget(m_cost, 1);
    m_records = new QComboBox;
    m_records->setObjectName(QStringLiteral("landscapeRecords"));
    m_records->setAccessibleName(tr("Landscapes of this study"));
    m_records->setToolTip(tr("Landscapes of this study, newest first"));
    m_records->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_records->setMinimumContentsLength(16);
    bottom->addWidget(m_records);
    connect(m_records, &QComboBox::activated, this, [this](int index) {
        const LandscapeRecord record = m_model.records()[static_cast<std::size_t>(m_records->itemData(index).toInt())];
        if (m_bench.sets().find(record.plan.set))
            m_bench.selection().setSet(record.plan.set);
        showRecord(record);
    });
    m_run = new QPushButton;
    m_run->setObjectName(QStringLiteral("runLandscape"));
    m_run->setShortcut(QKeySequence(QStringLiteral("Ctrl+R")));
    bottom->addWidget(m_run);
    connect(m_run, &QPushButton::clicked, this, &LandscapePage::run);
    return controls;
}

void LandscapePage::addMode(QHBoxLayout& row) {
    m_one = segmentButton(tr("one segment"), QStringLiteral("oneSegment"));
    m_two = segmentButton(tr("two segments"), QStringLiteral("twoSegments"));
    m_one->setToolTip(tr("A curve: the factors of one segment are multiplied by a common scale"));
    m_two->setToolTip(tr("A map: two segments, each with a scale of its own"));
    m_one->setChecked(true);
    auto* group = new QButtonGroup(this);
    auto* together = new QHBoxLayout;
    together->setSpacing(0);
    for (QPushButton* button : {m_one, m_two}) {
        group->addButton(button);
        together->addWidget(button);
    }
    row.addLayout(together);
    connect(m_one, &QPushButton::clicked, this, [this] { setMap(false); });
    connect(m_two, &QPushButton::clicked, this, [this] { setMap(true); });
}

LandscapePage::PairField LandscapePage::addPairs(QHBoxLayout& row, const QString& name, const QString& label) {
    PairField field;
    field.first = countField(name + QStringLiteral("SegmentFirst"), tr("First pair of the segment"), 0, 255);
    field.last = countField(name + QStringLiteral("SegmentLast"), tr("Last pair of the segment"), 0, 255);
    const QString tip = tr("The segment whose factors are multiplied; a segment selected on the Dimensions page comes "
                           "here");
    row.addWidget(quietLabel(label));
    row.addWidget(field.first);
    row.addWidget(quietLabel(QStringLiteral("–")));
    row.addWidget(field.last);
    for (QSpinBox* box : {field.first, field.last}) {
        box->setToolTip(tip);
        connect(box, &QSpinBox::valueChanged, this, &LandscapePage::followControls);
    }
    return field;
}

void LandscapePage::addScale(QHBoxLayout& row) {
    const auto field = [this](const QString& name, const QString& accessibleName, double value) {
        auto* box = new QDoubleSpinBox;
        box->setObjectName(name);
        box->setAccessibleName(accessibleName);
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setRange(0.01, 100);
        box->setDecimals(2);
        box->setValue(value);
        box->setAlignment(Qt::AlignRight);
        box->setKeyboardTracking(false);
        box->setToolTip(
            tr("λ′ᵢ = scale · λᵢ for all pairs of the segment; the scale runs over this range, evenly in its "
               "logarithm"));
        connect(box, &QDoubleSpinBox::valueChanged, this, &LandscapePage::followControls);
        return box;
    };
    m_low = field(QStringLiteral("scaleLow"), tr("Smallest scale"), 0.5);
    m_high = field(QStringLiteral("scaleHigh"), tr("Largest scale"), 2);
    row.addWidget(quietLabel(tr("times")));
    row.addWidget(m_low);
    row.addWidget(quietLabel(tr("to")));
    row.addWidget(m_high);
}

void LandscapePage::addAmount(QHBoxLayout& row) {
    m_points =
        countField(QStringLiteral("landscapePoints"), tr("Points of the curve, or along each axis of the map"), 2, 257);
    m_points->setValue(curvePoints);
    m_points->setToolTip(tr("A curve puts its points where it bends; a map has this many along each axis, coarse ones "
                            "first"));
    m_length =
        countField(QStringLiteral("landscapeLength"), tr("Tokens per window"), 2, static_cast<int>(longestTarget));
    m_length->setToolTip(tr("Tokens that are scored together; the target length at first"));
    m_windows = countField(QStringLiteral("landscapeWindows"), tr("Windows of the text"), 1, 1000);
    m_windows->setValue(1);
    m_windows->setToolTip(tr("Windows side by side from the text's start; the NLL is the mean over all their tokens"));
    const std::pair<QString, QSpinBox*> fields[] = {
        {tr("points"), m_points}, {tr("tokens"), m_length}, {tr("windows"), m_windows}};
    for (const auto& [label, box] : fields) {
        row.addWidget(quietLabel(label));
        row.addWidget(box);
        connect(box, &QSpinBox::valueChanged, this, &LandscapePage::followControls);
    }
}

QWidget* LandscapePage::buildCharts() {
    m_curve = new CurveChart(QStringLiteral("landscapeCurve"), tr("NLL over the scale of one segment"), m_theme);
    m_curvePanel = new ChartPanel(tr("One segment"), m_curve, m_theme);
    m_heat = new HeatMap(QStringLiteral("landscapeMap"), tr("NLL over the scales of two segments"), m_theme);
    m_heatPanel = new ChartPanel(tr("Two segments"), m_heat, m_theme);
    m_charts = new QStackedWidget;
    for (ChartPanel* panel : {m_curvePanel, m_heatPanel}) {
        m_charts->addWidget(panel);
        connect(panel, &ChartPanel::noteAction, this, &LandscapePage::run);
        connect(panel, &ChartPanel::failed, this, &LandscapePage::failed);
    }
    connect(m_curve, &CurveChart::plotClicked, this, [this](double x, double) { takeOverAt({x}); });
    connect(m_heat, &HeatMap::cellClicked, this, [this](int column, int row) {
        const double last = std::max(m_model.plan().points - 1, 1);
        takeOverAt({column / last, row / last});
    });
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit / 2);
    column->addWidget(m_charts, 1);
    m_found = quietLabel({}, QStringLiteral("landscapeFound"));
    m_found->setWordWrap(true);
    m_found->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_found);
    return box;
}

QWidget* LandscapePage::buildSensitivity() {
    m_bars = new PairBars(QStringLiteral("sensitivityBars"), tr("Sensitivity of the NLL to every pair"), m_theme);
    m_barPanel = new ChartPanel(tr("Sensitivity"), m_bars, m_theme);
    auto* relative = segmentButton(tr("per ln λ"), QStringLiteral("sensitivityRelative"));
    auto* radian = segmentButton(tr("per radian"), QStringLiteral("sensitivityRadian"));
    relative->setToolTip(
        tr("d mean NLL / d ln λᵢ: nats per relative change of the factor. The fastest pairs always look "
           "the most important: a relative change turns them by many radians"));
    radian->setToolTip(tr("d mean NLL / d φᵢ, with φᵢ = length · θᵢ / λᵢ: nats per radian that the pair turns less or "
                          "more at the end of the window"));
    relative->setChecked(true);
    auto* group = new QButtonGroup(this);
    auto* units = new QWidget;
    auto* row = new QHBoxLayout(units);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (QPushButton* button : {relative, radian}) {
        group->addButton(button);
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, perRadian = button == radian] {
            m_perRadian = perRadian;
            followSensitivity();
        });
    }
    m_barPanel->addToHeading(units);
    auto* again = new QPushButton(tr("Measure"));
    again->setObjectName(QStringLiteral("measureSensitivity"));
    again->setProperty("role", QStringLiteral("link"));
    again->setToolTip(tr("The exact gradient for the current set at the target length: one forward and one backward "
                         "pass"));
    m_barPanel->addToHeading(again);
    connect(again, &QPushButton::clicked, this, &LandscapePage::sensitivityRequested);
    connect(m_barPanel, &ChartPanel::noteAction, this, &LandscapePage::sensitivityRequested);
    connect(m_barPanel, &ChartPanel::failed, this, &LandscapePage::failed);
    connect(m_bars, &PairBars::pairClicked, this, [this](int pair) { m_bench.selection().setPair(pair); });
    return m_barPanel;
}

// Another model: segments in its middle, where one turn is about the trained length for most models.
void LandscapePage::fitToModel() {
    const int pairs = m_bench.setup().setup().geometry.pairs();
    const int width = std::max(pairs / 8, 1);
    const int start = std::min(pairs / 2, std::max(pairs - 2 * width, 0));
    const std::pair<PairField*, int> fields[] = {{&m_first, start},
                                                 {&m_second, std::min(start + width, pairs - width)}};
    for (const auto& [field, first] : fields) {
        const QSignalBlocker quietFirst(field->first);
        const QSignalBlocker quietLast(field->last);
        field->first->setRange(0, std::max(pairs - 1, 0));
        field->last->setRange(0, std::max(pairs - 1, 0));
        field->first->setValue(std::max(first, 0));
        field->last->setValue(std::max(first + width - 1, 0));
    }
    m_length->setValue(static_cast<int>(std::min(m_bench.setup().setup().targetLength, longestTarget)));
    m_model.forget();
}

void LandscapePage::followSelection() {
    if (const auto segment = m_bench.selection().segment()) {
        m_first.first->setValue(segment->first);
        m_first.last->setValue(segment->end - 1);
    }
}

void LandscapePage::setMap(bool map) {
    if (map == m_map)
        return;
    m_map = map;
    (map ? m_two : m_one)->setChecked(true);
    m_points->setValue(map ? mapPoints : curvePoints);
    follow();
}

LandscapePlan LandscapePage::plan() const {
    LandscapePlan plan;
    const FactorSetEntry* set = m_bench.currentSet();
    if (!set || !problem().isEmpty())
        return plan;
    plan.set = set->id;
    plan.setName = set->name;
    plan.base = set->set;
    plan.points = m_points->value();
    plan.length = m_length->value();
    plan.windows = m_windows->value();
    const ScaleAxis range{m_low->value(), m_high->value(), AxisSpacing::logarithmic};
    plan.axes.push_back({{m_first.first->value(), m_first.last->value() + 1}, range});
    if (m_map)
        plan.axes.push_back({{m_second.first->value(), m_second.last->value() + 1}, range});
    return plan;
}

void LandscapePage::showRecord(const LandscapeRecord& record) {
    const LandscapePlan& plan = record.plan;
    setMap(plan.axes.size() == 2);
    const PairField* fields[] = {&m_first, &m_second};
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        fields[axis]->first->setValue(plan.axes[axis].pairs.first);
        fields[axis]->last->setValue(plan.axes[axis].pairs.end - 1);
    }
    m_low->setValue(plan.axes.front().range.low);
    m_high->setValue(plan.axes.front().range.high);
    m_points->setValue(plan.points);
    m_length->setValue(static_cast<int>(plan.length));
    m_windows->setValue(static_cast<int>(plan.windows));
    m_model.show(plan, record.samples, record.phase, {});
}

QString LandscapePage::recordText(const LandscapePlan& plan) const {
    QStringList pairs;
    for (const LandscapeSpan& axis : plan.axes)
        pairs << segmentText(axis.pairs.first, axis.pairs.end);
    return tr("%1, %2, %3 tokens").arg(plan.setName, pairs.join(tr(" and ")), countText(plan.length));
}

// Newest first; hidden as long as there is nothing to choose.
void LandscapePage::followRecords() {
    const QSignalBlocker quiet(m_records);
    m_records->clear();
    const auto& records = m_model.records();
    for (auto i = static_cast<int>(records.size()) - 1; i >= 0; --i) {
        const LandscapePlan& plan = records[static_cast<std::size_t>(i)].plan;
        m_records->addItem(recordText(plan), i);
        if (sameLandscape(plan, m_model.plan()))
            m_records->setCurrentIndex(m_records->count() - 1);
    }
    m_records->setVisible(records.size() > 1);
    m_records->setEnabled(m_model.phase() != ProbePhase::running);
}

QString LandscapePage::problem() const {
    if (m_bench.setup().setup().geometry.pairs() == 0)
        return tr("Open a model first.");
    if (!m_bench.currentSet())
        return tr("Select a factor set in the list at the left.");
    if (m_first.first->value() > m_first.last->value() || (m_map && m_second.first->value() > m_second.last->value()))
        return tr("A segment runs from its first pair to its last.");
    if (m_low->value() >= m_high->value())
        return tr("The range of scales is empty.");
    if (m_map && overlap({m_first.first->value(), m_first.last->value() + 1},
                         {m_second.first->value(), m_second.last->value() + 1}))
        return tr("The two segments share pairs.");
    return {};
}

void LandscapePage::run() {
    if (m_model.phase() == ProbePhase::running) {
        Q_EMIT cancelRequested();
        return;
    }
    const LandscapePlan asked = plan();
    if (!asked.axes.empty())
        Q_EMIT runRequested(asked);
}

void LandscapePage::setStatus(const QString& status) {
    m_status = status;
    followControls();
}

void LandscapePage::takeOverAt(const std::vector<double>& shares) {
    if (const auto index = nearestSample(m_model.plan(), m_model.samples(), shares))
        Q_EMIT takeOverRequested(m_model.samples()[*index].scale);
}

void LandscapePage::follow() {
    m_charts->setCurrentWidget(m_map ? static_cast<QWidget*>(m_heatPanel) : m_curvePanel);
    followControls();
    followCurve();
    followMap();
    followSensitivity();
    followRecords();
    followNotes();
}

void LandscapePage::followControls() {
    const bool running = m_model.phase() == ProbePhase::running;
    const LandscapePlan asked = plan();
    m_secondBox->setVisible(m_map);
    m_run->setText(running ? tr("Cancel") : tr("Run"));
    m_run->setToolTip(running ? tr("Stops at the next safe point; what there is stays")
                              : tr("Computes the landscape in the background (Ctrl+R)"));
    m_run->setEnabled(running || !asked.axes.empty());
    if (running)
        m_cost->setText(m_status.isEmpty() ? tr("waiting for the engine…") : m_status);
    else if (asked.axes.empty())
        m_cost->setText(problem());
    else
        m_cost->setText(
            tr("%1: %2 points of %3 tokens")
                .arg(asked.setName, countText(asked.plannedPoints()), countText(asked.length * asked.windows)));
    std::vector<Segment> segments;
    for (const LandscapeSpan& axis : asked.axes)
        segments.push_back(axis.pairs);
    m_bars->setSegments(std::move(segments));
}

QString LandscapePage::sampleText(const LandscapeSample& sample) const {
    QStringList parts;
    for (std::size_t axis = 0; axis < m_model.plan().axes.size(); ++axis) {
        const Segment& pairs = m_model.plan().axes[axis].pairs;
        parts << tr("%1 %2").arg(segmentText(pairs.first, pairs.end), scaledText(sample.scale[axis]));
    }
    return std::isfinite(sample.nll)
               ? tr("%1: NLL %2, perplexity %3")
                     .arg(parts.join(tr(" and ")), factorText(sample.nll), factorText(std::exp(sample.nll)))
               : tr("%1: the model gave NaN").arg(parts.join(tr(" and ")));
}

void LandscapePage::followCurve() {
    const LandscapePlan& plan = m_model.plan();
    if (m_map || m_model.isMap() || m_model.samples().empty())
        return;
    ChartCurve curve;
    const FactorSetEntry* set = m_bench.sets().find(plan.set);
    curve.colour = set ? set->colour : 0;
    curve.strong = true;
    curve.points = m_model.curve();
    for (const LandscapeSample& sample : m_model.samples())
        curve.tips.push_back(sampleText(sample));
    const ScaleAxis& range = plan.axes.front().range;
    CurveChart::Axes axes;
    axes.xTitle = tr("scale of the factors of %1").arg(segmentText(plan.axes[0].pairs.first, plan.axes[0].pairs.end));
    axes.yTitle = tr("NLL, nats per token");
    axes.xScale = AxisScale::logarithmic;
    axes.xFactors = true;
    axes.xRange = ValueRange{range.low, range.high};
    m_curve->setAxes(axes);
    m_curve->setMarks({{Qt::Vertical, 1, tr("as it is")}});
    m_curve->setCurves({curve});
    const auto best = m_model.best();
    m_curve->setRing(best ? std::optional(CurvePoint{best->scale[0], best->nll}) : std::nullopt);
}

void LandscapePage::followMap() {
    const LandscapePlan& plan = m_model.plan();
    if (!m_map || !m_model.isMap() || m_model.samples().empty())
        return;
    HeatData heat;
    heat.columns = heat.rows = plan.points;
    heat.values = m_model.map();
    heat.invalid.resize(heat.values.size());
    heat.tips.resize(heat.values.size());
    const double last = std::max(plan.points - 1, 1);
    const auto cellOf = [&](const LandscapeSample& sample) {
        return std::pair{static_cast<int>(std::lround(plan.axes[0].range.shareOf(sample.scale[0]) * last)),
                         static_cast<int>(std::lround(plan.axes[1].range.shareOf(sample.scale[1]) * last))};
    };
    for (const LandscapeSample& sample : m_model.samples()) {
        const auto [column, row] = cellOf(sample);
        const auto i = static_cast<std::size_t>(row * plan.points + column);
        heat.tips[i] = sampleText(sample);
        heat.invalid[i] = !std::isfinite(sample.nll);
    }
    heat.columnTicks = scaleTicks(plan.axes[0].range, plan.points);
    heat.rowTicks = scaleTicks(plan.axes[1].range, plan.points);
    heat.columnTitle = tr("scale of %1").arg(segmentText(plan.axes[0].pairs.first, plan.axes[0].pairs.end));
    heat.rowTitle = tr("scale of %1").arg(segmentText(plan.axes[1].pairs.first, plan.axes[1].pairs.end));
    heat.barTitle = tr("NLL, nats per token");
    heat.range = rangeOf(heat.values);
    heat.levels = linearTicks(heat.range.low, heat.range.high, contourLevels);
    if (const auto best = m_model.best())
        heat.ring = cellOf(*best);
    m_heat->setData(std::move(heat));
}

void LandscapePage::followSensitivity() {
    const Sensitivity& sensitivity = m_bench.sensitivity().sensitivity();
    const FactorSetEntry* set = m_bench.sets().find(sensitivity.set);
    const bool there = set && set->id == m_bench.selection().set() && !sensitivity.byLogFactor.empty();
    if (!there) {
        m_barPanel->setTitle(tr("Sensitivity"));
        const FactorSetEntry* current = m_bench.currentSet();
        if (current)
            m_barPanel->showNote(tr("How much does the NLL answer to each pair of %1?").arg(current->name),
                                 tr("Measure sensitivity"));
        else
            m_barPanel->showNote(problem());
        return;
    }
    m_barPanel->setTitle(tr("Sensitivity of %1").arg(set->name),
                         tr("The exact gradient of the mean NLL over %1 tokens").arg(countText(sensitivity.length)));
    m_bars->setValues(m_perRadian ? sensitivity.byRadian : sensitivity.byLogFactor,
                      m_perRadian ? tr("d NLL / d radian") : tr("d NLL / d ln λ"));
    m_barPanel->showChart();
}

void LandscapePage::followNotes() {
    ChartPanel* panel = m_map ? m_heatPanel : m_curvePanel;
    const LandscapePlan& shown = m_model.plan();
    const bool there = !m_model.samples().empty() && m_model.isMap() == m_map;
    const bool failure = m_model.phase() == ProbePhase::failed;
    m_found->setText({});
    Theme::setRole(*m_found, failure ? QStringLiteral("warning") : QStringLiteral("quiet"));
    if (there) {
        panel->setTitle(tr("%1 at %2 tokens").arg(shown.setName, countText(shown.length)));
        panel->showChart();
        QStringList found;
        if (failure)
            found << m_model.message();
        else if (m_model.phase() == ProbePhase::cancelled)
            found << tr("Cancelled after %1 of %2 points; Run goes on there.")
                         .arg(m_model.samples().size())
                         .arg(shown.plannedPoints());
        if (const auto best = m_model.best())
            found << tr("Lowest: %1.").arg(sampleText(*best));
        if (const auto base = m_model.nllOfBase())
            found << tr("As it is: NLL %1.").arg(factorText(*base));
        found << tr("A click takes a point over as a factor set.");
        m_found->setText(found.join(QLatin1Char(' ')));
        return;
    }
    panel->setTitle(m_map ? tr("Two segments") : tr("One segment"));
    if (m_model.phase() == ProbePhase::running)
        panel->showNote(tr("Loading the model and scoring the first point…"));
    else if (failure)
        panel->showNote(m_model.message(), tr("Try again"), true);
    else if (m_model.phase() == ProbePhase::cancelled)
        panel->showNote(tr("Cancelled before the first point."), tr("Run"));
    else if (!problem().isEmpty())
        panel->showNote(problem());
    else
        panel->showNote(m_map ? tr("How does the NLL answer when two segments are scaled, each by its own amount?")
                              : tr("How does the NLL answer when the factors of a segment are scaled together?"),
                        tr("Run"));
}

// Keeps what was computed for a picture, so that each landscape is computed once for all sizes and colours.
void LandscapePage::keepPicture() {
    if (m_model.phase() == ProbePhase::done && !m_model.samples().empty())
        m_pictures[m_model.isMap()] = {m_model.plan(), m_model.samples()};
}

QString LandscapePage::showPicture(int index) {
    constexpr int pictureLength = 512;
    keepPicture();
    m_model.clear();
    setMap(index == 2 || index == 4);
    const auto kept = m_pictures.find(m_map);
    switch (index) {
    case 1:
    case 2:
        if (kept != m_pictures.end()) {
            m_model.show(kept->second.plan, kept->second.samples, ProbePhase::done, {});
        } else {
            m_length->setValue(pictureLength);
            run();
        }
        if (m_bench.sensitivity().sensitivity().byLogFactor.empty())
            Q_EMIT sensitivityRequested();
        return index == 1 ? QStringLiteral("curve") : QStringLiteral("map");
    case 3:
        m_model.begin(plan());
        return QStringLiteral("running");
    case 4:
        if (kept != m_pictures.end()) {
            auto some = kept->second.samples;
            some.resize(some.size() / 3);
            m_model.show(kept->second.plan, some, ProbePhase::cancelled, {});
        }
        return QStringLiteral("cancelled");
    case 5:
        m_model.show({}, {}, ProbePhase::failed,
                     tr("The text has 1,200 tokens, a window needs 2,048. Choose a longer text or fewer tokens."));
        return QStringLiteral("failed");
    default:
        return {};
    }
}

} // namespace ropescope
