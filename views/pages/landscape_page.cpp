#include "views/pages/landscape_page.h"

#include <algorithm>

#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "views/charts/chart_panel.h"
#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/charts/phase_note.h"
#include "views/models/value_text.h"
#include "views/pages/landscape_charts.h"
#include "views/pages/landscape_form.h"
#include "views/pages/sensitivity_panel.h"
#include "views/widgets/controls.h"

namespace ropescope {

LandscapePage::LandscapePage(Bench& bench, const Theme& theme, QWidget* parent)
    : Page(parent), m_bench(bench), m_theme(theme), m_model(bench.setup()) {
    setObjectName(QStringLiteral("landscapePage"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    column->setSpacing(spacingUnit);
    m_form = new LandscapeForm(bench);
    column->addWidget(m_form);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setObjectName(QStringLiteral("landscapeSplitter"));
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(2 * spacingUnit);
    splitter->addWidget(buildCharts());
    m_sensitivity = new SensitivityPanel(bench, theme);
    splitter->addWidget(m_sensitivity);
    splitter->setStretchFactor(0, 5);
    splitter->setStretchFactor(1, 4);
    column->addWidget(splitter, 1);

    connect(m_form, &LandscapeForm::runClicked, this, &LandscapePage::run);
    connect(m_form, &LandscapeForm::mapChanged, this, &LandscapePage::follow);
    connect(m_form, &LandscapeForm::changed, this, &LandscapePage::followForm);
    connect(m_form, &LandscapeForm::recordChosen, this, [this](int index) {
        const LandscapeRecord record = m_model.records()[static_cast<std::size_t>(index)];
        if (m_bench.sets().find(record.plan.set))
            m_bench.selection().setSet(record.plan.set);
        showRecord(record);
    });
    connect(m_sensitivity, &SensitivityPanel::measureRequested, this, &LandscapePage::sensitivityRequested);
    connect(m_sensitivity, &ChartPanel::failed, this, &LandscapePage::failed);
    connect(&m_model, &LandscapeModel::changed, this, &LandscapePage::follow);
    connect(&bench.setup(), &SetupModel::geometryChanged, &m_model, &LandscapeModel::forget);
    connect(&bench.selection(), &Selection::setChanged, this, &LandscapePage::follow);
    connect(&theme, &Theme::changed, this, &LandscapePage::follow);
    follow();
}

LandscapePlan LandscapePage::plan() const {
    return m_form->plan();
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

void LandscapePage::showRecord(const LandscapeRecord& record) {
    m_form->setPlan(record.plan);
    m_model.show(record.plan, record.samples, record.phase, {});
}

void LandscapePage::run() {
    if (m_model.phase() == ProbePhase::running) {
        Q_EMIT cancelRequested();
        return;
    }
    const LandscapePlan asked = m_form->plan();
    if (!asked.axes.empty())
        Q_EMIT runRequested(asked);
}

void LandscapePage::setStatus(const QString& status) {
    m_status = status;
    m_form->setRunning(m_model.phase() == ProbePhase::running, m_status);
}

void LandscapePage::takeOverAt(const std::vector<double>& shares) {
    if (const auto index = nearestSample(m_model.plan(), m_model.samples(), shares))
        Q_EMIT takeOverRequested(m_model.samples()[*index].scale);
}

void LandscapePage::follow() {
    m_charts->setCurrentWidget(m_form->isMap() ? static_cast<QWidget*>(m_heatPanel) : m_curvePanel);
    m_form->setRunning(m_model.phase() == ProbePhase::running, m_status);
    m_form->setRecords(m_model.records(), m_model.plan());
    if (!m_model.samples().empty() && m_model.isMap() == m_form->isMap())
        m_model.isMap() ? m_heat->setData(LandscapeCharts::map(m_model)) : followCurve();
    followNotes();
}

void LandscapePage::followForm() {
    std::vector<Segment> segments;
    for (const LandscapeSpan& axis : m_form->plan().axes)
        segments.push_back(axis.pairs);
    m_sensitivity->setSegments(std::move(segments));
}

void LandscapePage::followCurve() {
    const FactorSetEntry* set = m_bench.sets().find(m_model.plan().set);
    m_curve->setAxes(LandscapeCharts::axes(m_model.plan()));
    m_curve->setMarks({{Qt::Vertical, 1, tr("as it is")}});
    m_curve->setCurves({LandscapeCharts::curve(m_model, set ? set->colour : 0)});
    const auto best = m_model.best();
    m_curve->setRing(best ? std::optional(CurvePoint{best->scale[0], best->nll}) : std::nullopt);
}

void LandscapePage::followNotes() {
    const bool map = m_form->isMap();
    ChartPanel* panel = map ? m_heatPanel : m_curvePanel;
    const LandscapePlan& shown = m_model.plan();
    const bool there = !m_model.samples().empty() && m_model.isMap() == map;
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
            found << tr("Lowest: %1.").arg(LandscapeCharts::sampleText(shown, *best));
        if (const auto base = m_model.nllOfBase())
            found << tr("As it is: NLL %1.").arg(factorText(*base));
        found << tr("A click takes a point over as a factor set.");
        m_found->setText(found.join(QLatin1Char(' ')));
        return;
    }
    panel->setTitle(map ? tr("Two segments") : tr("One segment"));
    const QString problem = m_form->problem();
    const QString question = map ? tr("How does the NLL answer when two segments are scaled, each by its own amount?")
                                 : tr("How does the NLL answer when the factors of a segment are scaled together?");
    showPhase(*panel, m_model.phase(), m_model.message(),
              {problem.isEmpty() ? question : problem, problem.isEmpty() ? tr("Run") : QString(),
               tr("Loading the model and scoring the first point…"), tr("Cancelled before the first point.")});
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
    m_form->setMap(index == 2 || index == 4);
    const auto kept = m_pictures.find(m_form->isMap());
    switch (index) {
    case 1:
    case 2:
        if (kept != m_pictures.end()) {
            m_model.show(kept->second.plan, kept->second.samples, ProbePhase::done, {});
        } else {
            m_form->setLength(pictureLength);
            run();
        }
        if (m_bench.sensitivity().sensitivity().byLogFactor.empty())
            Q_EMIT sensitivityRequested();
        return index == 1 ? QStringLiteral("curve") : QStringLiteral("map");
    case 3:
        m_model.begin(m_form->plan());
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
