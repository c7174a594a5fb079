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

BestCurve::BestCurve(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme),
      m_view(newChartView(QStringLiteral("bestChart"), tr("Best perplexity so far"), this)), m_best(new QLineSeries),
      m_x(new QValueAxis), m_y(new QValueAxis) {
    setObjectName(QStringLiteral("bestCurve"));
    QChart* chart = m_view->chart();
    chart->addSeries(m_best);
    chart->addAxis(m_x, Qt::AlignBottom);
    chart->addAxis(m_y, Qt::AlignLeft);
    m_best->attachAxis(m_x);
    m_best->attachAxis(m_y);

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

// Visible sets measured at the target length, each a level line in its colour.
void BestCurve::followReferences(double lastX, std::vector<double>& values) {
    QChart* chart = m_view->chart();
    for (QLineSeries* series : m_references) {
        chart->removeSeries(series);
        delete series;
    }
    m_references.clear();
    const std::int64_t target = m_bench.setup().setup().targetLength;
    for (const FactorSetEntry& entry : m_bench.sets().entries()) {
        const auto measured = entry.measuredAt(target);
        if (!entry.visible || !measured || !std::isfinite(measured->perplexity) || entry.origin == SetOrigin::search)
            continue;
        auto* series = new QLineSeries;
        series->setPen(QPen(m_theme.set(entry.colour), 1.5));
        series->replace({QPointF(0, measured->perplexity), QPointF(lastX, measured->perplexity)});
        chart->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
        m_references.push_back(series);
        values.push_back(measured->perplexity);
    }
}

void BestCurve::follow() {
    const SearchSnapshot& search = m_bench.search().snapshot();
    std::vector<CurvePoint> scored;
    for (std::size_t i = 0; i < search.scored.size(); ++i)
        scored.push_back(
            {m_over == Over::seconds ? search.scored[i].seconds : static_cast<double>(i + 1), search.scored[i].score});
    std::vector<CurvePoint> steps;
    for (const CurvePoint& point : bestSoFar(scored)) {
        if (!steps.empty())
            steps.push_back({point.x, steps.back().y});
        steps.push_back(point);
    }
    double lastX = scored.empty() ? 1 : std::max(scored.back().x, 1e-3);
    if (m_over == Over::evaluations && search.planned > 0)
        lastX = std::max(lastX, static_cast<double>(search.planned));
    std::vector<double> values;
    for (const CurvePoint& point : steps)
        values.push_back(point.y);
    followReferences(lastX, values);
    m_best->setPen(QPen(m_theme.set(0), 2));
    showCurve(*m_best, steps, width());
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
