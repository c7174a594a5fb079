#include "views/search/best_curve.h"

#include <algorithm>
#include <cmath>

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "views/charts/curve_chart.h"
#include "views/models/colour_scale.h"
#include "views/models/value_text.h"

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

ChartCurve lineOf(std::vector<CurvePoint> points) {
    ChartCurve curve;
    curve.points = std::move(points);
    curve.dots = false;
    return curve;
}

} // namespace

BestCurve::BestCurve(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme),
      m_chart(new CurveChart(QStringLiteral("bestChart"), tr("Best perplexity so far"), theme, this)),
      m_empty(new QLabel(tr("The best perplexity appears here."), this)) {
    setObjectName(QStringLiteral("bestCurve"));
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
    column->addWidget(m_chart, 1);
    m_empty->setObjectName(QStringLiteral("bestEmpty"));
    m_empty->setProperty("role", QStringLiteral("quiet"));
    m_empty->setAlignment(Qt::AlignCenter);
    column->addWidget(m_empty, 1);
    connect(&bench.search(), &SearchModel::changed, this, &BestCurve::follow);
    follow();
}

void BestCurve::setOver(Over over) {
    m_over = over;
    follow();
}

// The start vector on the searched text. What probes measured of other sets has no place here: it is of other windows.
std::vector<ChartCurve> BestCurve::startLevel(double lastX) const {
    const auto& start = m_bench.search().snapshot().startScore;
    if (!start || !std::isfinite(*start))
        return {};
    ChartCurve level = lineOf({{0, *start}, {lastX, *start}});
    level.name = tr("start");
    level.tone = ChartCurve::Tone::neutral;
    return {std::move(level)};
}

// Other branches of the study, in grey.
void BestCurve::addBranches(std::vector<ChartCurve>& curves) const {
    for (const BranchCurve& branch : m_bench.search().snapshot().others) {
        std::vector<CurvePoint> best;
        for (const BranchCurve::Point& point : branch.points)
            best.push_back(
                {m_over == Over::seconds ? point.seconds : static_cast<double>(point.evaluations), point.best});
        if (best.empty())
            continue;
        curves.push_back(lineOf(stairs(best)));
        curves.back().tone = ChartCurve::Tone::neutral;
    }
}

void BestCurve::follow() {
    const SearchSnapshot& search = m_bench.search().snapshot();
    std::vector<CurvePoint> scored;
    // Made-up scores have no best.
    for (std::size_t i = 0; search.origin != ScoreOrigin::ranks && i < search.scored.size(); ++i)
        scored.push_back(
            {m_over == Over::seconds ? search.scored[i].seconds : static_cast<double>(i + 1), search.scored[i].score});
    std::vector<ChartCurve> curves;
    addBranches(curves);
    ChartCurve all = lineOf(stairs(bestSoFar(scored)));
    double lastX = all.points.empty() ? 1 : std::max(all.points.back().x, 1e-3);
    if (m_over == Over::evaluations && search.planned > 0)
        lastX = std::max(lastX, static_cast<double>(search.planned));
    for (const ChartCurve& branch : curves)
        lastX = std::max(lastX, branch.points.back().x);
    for (ChartCurve& level : startLevel(lastX))
        curves.push_back(std::move(level));
    if (search.readOnly) { // what the state that is shown has not seen yet
        all.tone = ChartCurve::Tone::faint;
        curves.push_back(std::move(all));
    }
    scored.resize(std::min(scored.size(), static_cast<std::size_t>(search.shown)));
    ChartCurve seen = lineOf(stairs(bestSoFar(scored)));
    seen.colour = searchColour;
    seen.strong = true;
    for (const CurvePoint& point : seen.points)
        seen.tips.push_back(
            m_over == Over::seconds
                ? tr("%1: perplexity %2").arg(durationText(point.x), factorText(point.y))
                : tr("evaluation %1: perplexity %2").arg(countText(std::llround(point.x)), factorText(point.y)));
    curves.push_back(std::move(seen));
    const bool empty = std::all_of(curves.begin(), curves.end(), [](const auto& one) { return one.points.empty(); });
    m_chart->setVisible(!empty);
    m_empty->setVisible(empty);
    CurveChart::Axes axes;
    axes.xRange = ValueRange{0, lastX};
    axes.xCounts = m_over == Over::evaluations;
    m_chart->setAxes(axes);
    m_chart->setCurves(std::move(curves));
}

} // namespace ropescope
