#include "views/search/best_curve.h"

#include <algorithm>
#include <cmath>

#include <QButtonGroup>
#include <QChart>
#include <QChartView>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineSeries>
#include <QPushButton>
#include <QVBoxLayout>
#include <QValueAxis>

#include "views/widgets/chart_style.h"

namespace ropescope {

namespace {

// A best stays until the next one.
std::vector<CurvePoint> stairs(const std::vector<CurvePoint>& points) {
    std::vector<CurvePoint> steps;
    for (const CurvePoint& point : points) {
        if (!steps.empty())
            steps.push_back({point.x, steps.back().y});
        steps.push_back(point);
    }
    return steps;
}

} // namespace

BestCurve::BestCurve(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme),
      m_view(newChartView(QStringLiteral("bestChart"), tr("Best perplexity so far"), this)), m_best(new QLineSeries),
      m_later(new QLineSeries), m_x(new QValueAxis), m_y(new QValueAxis) {
    setObjectName(QStringLiteral("bestCurve"));
    QChart* chart = m_view->chart();
    chart->addAxis(m_x, Qt::AlignBottom);
    chart->addAxis(m_y, Qt::AlignLeft);
    for (QLineSeries* series : {m_later, m_best}) {
        chart->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    }

    auto* heading = new QLabel(tr("Best so far"));
    heading->setProperty("role", QStringLiteral("quiet"));
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(heading);
    row->addStretch(1);
    auto* group = new QButtonGroup(this);
    for (const auto& [over, text] :
         {std::pair{Over::evaluations, tr("evaluations")}, std::pair{Over::seconds, tr("seconds")}}) {
        auto* button = new QPushButton(text);
        button->setObjectName(over == Over::evaluations ? QStringLiteral("overEvaluations")
                                                        : QStringLiteral("overSeconds"));
        button->setProperty("role", QStringLiteral("segment"));
        button->setCheckable(true);
        button->setChecked(over == m_over);
        group->addButton(button);
        row->addWidget(button);
        const Over chosen = over;
        connect(button, &QPushButton::clicked, this, [this, chosen] { setOver(chosen); });
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit / 2);
    column->addLayout(row);
    column->addWidget(m_view, 1);
    connect(&bench.search(), &SearchModel::changed, this, &BestCurve::follow);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &BestCurve::follow);
    connect(&bench.setup(), &SetupModel::targetLengthChanged, this, &BestCurve::follow);
    connect(&theme, &Theme::changed, this, &BestCurve::follow);
    follow();
}

void BestCurve::setOver(Over over) {
    m_over = over;
    follow();
}

QLineSeries* BestCurve::addLine(const QPen& pen) {
    auto* series = new QLineSeries;
    series->setPen(pen);
    m_view->chart()->addSeries(series);
    series->attachAxis(m_x);
    series->attachAxis(m_y);
    m_lines.push_back(series);
    return series;
}

// Visible sets measured at the target length, each a level line in its colour.
void BestCurve::followReferences(double lastX, std::vector<double>& values) {
    const std::int64_t target = m_bench.setup().setup().targetLength;
    for (const FactorSetEntry& entry : m_bench.sets().entries()) {
        const auto measured = entry.measuredAt(target);
        if (!entry.visible || !measured || !std::isfinite(measured->perplexity) || entry.origin == SetOrigin::search)
            continue;
        addLine(QPen(m_theme.set(entry.colour), 1.5))
            ->replace({QPointF(0, measured->perplexity), QPointF(lastX, measured->perplexity)});
        values.push_back(measured->perplexity);
    }
}

// Other branches of the study, in grey.
void BestCurve::followBranches(double& lastX, std::vector<double>& values) {
    for (const BranchCurve& branch : m_bench.search().snapshot().others) {
        std::vector<CurvePoint> best;
        for (const BranchCurve::Point& point : branch.points)
            best.push_back(
                {m_over == Over::seconds ? point.seconds : static_cast<double>(point.evaluations), point.best});
        if (best.empty())
            continue;
        lastX = std::max(lastX, best.back().x);
        values.push_back(best.front().y);
        values.push_back(best.back().y);
        showCurve(*addLine(QPen(m_theme.colours().neutral, 1.5)), stairs(best), width());
    }
}

void BestCurve::follow() {
    const SearchSnapshot& search = m_bench.search().snapshot();
    for (QLineSeries* series : m_lines) {
        m_view->chart()->removeSeries(series);
        delete series;
    }
    m_lines.clear();
    std::vector<CurvePoint> scored;
    // Made-up scores have no best.
    for (std::size_t i = 0; search.origin != ScoreOrigin::ranks && i < search.scored.size(); ++i)
        scored.push_back(
            {m_over == Over::seconds ? search.scored[i].seconds : static_cast<double>(i + 1), search.scored[i].score});
    const auto all = stairs(bestSoFar(scored));
    scored.resize(std::min(scored.size(), static_cast<std::size_t>(search.shown)));
    const auto seen = stairs(bestSoFar(scored));
    double lastX = all.empty() ? 1 : std::max(all.back().x, 1e-3);
    if (m_over == Over::evaluations && search.planned > 0)
        lastX = std::max(lastX, static_cast<double>(search.planned));
    std::vector<double> values;
    for (const CurvePoint& point : all)
        values.push_back(point.y);
    followBranches(lastX, values);
    followReferences(lastX, values);
    m_best->setPen(QPen(m_theme.set(0), 2));
    m_later->setPen(QPen(m_theme.colours().structure, 2));
    showCurve(*m_best, seen, width());
    showCurve(*m_later, search.readOnly ? all : std::vector<CurvePoint>(), width());
    fitAxis(*m_x, {0, lastX}, 5);
    fitAxis(*m_y, rangeOf(values), 4);
    styleChart(*m_view->chart(), m_theme);
    m_y->setLabelsVisible(!values.empty());
}

void BestCurve::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    follow();
}

} // namespace ropescope
