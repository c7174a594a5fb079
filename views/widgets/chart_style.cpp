#include "views/widgets/chart_style.h"

#include <algorithm>
#include <cmath>

#include <QChart>
#include <QChartView>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLineSeries>
#include <QValueAxis>

#include "views/models/ticks.h"

namespace ropescope {

QChartView* newChartView(const QString& objectName, const QString& accessibleName, QWidget* parent) {
    auto* chart = new QChart;
    chart->setAnimationOptions(QChart::NoAnimation);
    chart->legend()->hide();
    chart->setMargins(QMargins(0, 0, 0, 0));
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->setBackgroundRoundness(0);
    chart->setBackgroundVisible(false);
    auto* view = new QChartView(chart, parent);
    view->setObjectName(objectName);
    view->setAccessibleName(accessibleName);
    view->setRenderHint(QPainter::Antialiasing);
    view->setFrameShape(QFrame::NoFrame);
    view->setBackgroundBrush(Qt::NoBrush);
    view->setStyleSheet(QStringLiteral("background: transparent;"));
    return view;
}

void styleChart(QChart& chart, const Theme& theme) {
    const ThemeColours& colours = theme.colours();
    chart.setPlotAreaBackgroundVisible(true);
    chart.setPlotAreaBackgroundBrush(colours.ground);
    chart.setPlotAreaBackgroundPen(Qt::NoPen);
    for (QAbstractAxis* axis : chart.axes()) {
        axis->setLabelsFont(theme.labelFont());
        axis->setLabelsBrush(colours.quietText);
        axis->setTitleFont(theme.labelFont());
        axis->setTitleBrush(colours.quietText);
        axis->setLinePen(Qt::NoPen);
        axis->setGridLinePen(QPen(colours.structure, 1));
        axis->setGridLineVisible(axis->orientation() == Qt::Vertical);
    }
}

void fitAxis(QValueAxis& axis, const ValueRange& range, int mostTicks) {
    const auto ticks = linearTicks(range.low, range.high, mostTicks);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : std::max(range.high - range.low, 1e-12);
    axis.setRange(range.low, range.high);
    axis.setTickType(QValueAxis::TicksDynamic);
    axis.setTickAnchor(ticks.empty() ? range.low : ticks.front());
    axis.setTickInterval(step);
    axis.setLabelFormat(
        QStringLiteral("%.%1f").arg(std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)))));
}

void showCurve(QLineSeries& series, const std::vector<CurvePoint>& points, int widthPixels) {
    QList<QPointF> shown;
    for (const CurvePoint& point : reduced(points, static_cast<std::size_t>(std::max(widthPixels, 1))))
        shown.append(QPointF(point.x, point.y));
    series.replace(shown);
}

} // namespace ropescope
