#include "views/charts/plot_frame.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>
#include <QPainter>

#include "views/models/ticks.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr double gap = spacingUnit / 2.0;
constexpr double pixelsPerYTick = 36;
constexpr double pixelsPerXTick = 72;
constexpr int mostYTicks = 8;
constexpr int mostXTicks = 12;

int yTicksIn(double height) {
    return std::min(static_cast<int>(height / pixelsPerYTick), mostYTicks);
}
int xTicksIn(double width) {
    return std::min(static_cast<int>(width / pixelsPerXTick), mostXTicks);
}

} // namespace

double PlotAxis::share(double value) const {
    if (scale == AxisScale::logarithmic)
        return std::log(value / range.low) / std::log(range.high / range.low);
    return (value - range.low) / (range.high - range.low);
}

double PlotAxis::value(double share) const {
    if (scale == AxisScale::logarithmic)
        return range.low * std::pow(range.high / range.low, share);
    return range.low + share * (range.high - range.low);
}

std::vector<double> PlotAxis::ticks(int most) const {
    if (scale == AxisScale::linear)
        return linearTicks(range.low, range.high, std::max(most, 2));
    if (!counts && !factors)
        return decadeTicks(range.low, range.high, std::max(most, 2));
    const auto ticks = logTicks(range.low, range.high, std::max(most, 2));
    return ticks.size() < 2 ? linearTicks(range.low, range.high, std::max(most, 2)) : ticks;
}

QString PlotAxis::label(double tick, const std::vector<double>& ticks) const {
    if (counts)
        return countText(std::llround(tick));
    // A tick that stands alone has a step of more than half the range.
    double step = scale == AxisScale::linear ? (range.high - range.low) / 2 : tick;
    for (std::size_t i = 1; i < ticks.size(); ++i)
        step = i == 1 ? ticks[1] - ticks[0] : std::min(step, ticks[i] - ticks[i - 1]);
    if (factors && scale == AxisScale::logarithmic)
        return QStringLiteral("× %1").arg(tick, 0, 'g', 4);
    return tickText(tick, step > 0 ? step : 1);
}

PlotFrame PlotFrame::fitted(const PlotAxis& x, const PlotAxis& y, const QSizeF& size, double right,
                            const Theme& theme) {
    const QFontMetricsF metrics(theme.labelFont());
    PlotFrame frame{x, y, {}};
    const double bottom = metrics.height() * (x.title.isEmpty() ? 1 : 2) + 2 * gap;
    const double top = metrics.height() / 2 + (y.title.isEmpty() ? 0 : metrics.height() + gap);
    const double height = std::max(size.height() - top - bottom, 10.0);
    const auto ticks = y.ticks(yTicksIn(height));
    double left = 2 * spacingUnit;
    for (const double tick : ticks)
        left = std::max(left, metrics.horizontalAdvance(y.label(tick, ticks)) + 3 * gap);
    frame.plot = QRectF(left, top, std::max(size.width() - left - std::max(right, 2.0 * spacingUnit), 10.0), height);
    return frame;
}

QPointF PlotFrame::at(double xValue, double yValue) const {
    return {plot.left() + x.share(xValue) * plot.width(), plot.bottom() - y.share(yValue) * plot.height()};
}

void PlotFrame::paintGrid(QPainter& painter, const Theme& theme) const {
    painter.setPen(QPen(theme.colours().structure, 1));
    for (const double tick : y.ticks(yTicksIn(plot.height()))) {
        const double height = std::round(at(x.range.low, tick).y()) + 0.5;
        painter.drawLine(QPointF(plot.left(), height), QPointF(plot.right(), height));
    }
}

void PlotFrame::paintLabels(QPainter& painter, const Theme& theme) const {
    const QFontMetricsF metrics(theme.labelFont());
    painter.setFont(theme.labelFont());
    painter.setPen(theme.colours().quietText);
    const auto yTicks = y.ticks(yTicksIn(plot.height()));
    for (const double tick : yTicks)
        painter.drawText(
            QRectF(0, at(x.range.low, tick).y() - metrics.height() / 2, plot.left() - 2 * gap, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, y.label(tick, yTicks));
    const auto xTicks = x.ticks(xTicksIn(plot.width()));
    for (const double tick : xTicks) {
        const double centre = at(tick, y.range.low).x();
        painter.drawText(QRectF(centre - 60, plot.bottom() + gap, 120, metrics.height()), Qt::AlignHCenter,
                         x.label(tick, xTicks));
    }
    painter.drawText(QRectF(plot.left(), plot.bottom() + gap + metrics.height(), plot.width(), metrics.height()),
                     Qt::AlignRight, x.title);
    painter.drawText(QPointF(0, metrics.ascent()), y.title);
}

void paintEndLabels(QPainter& painter, const Theme& theme, const QRectF& plot, std::vector<EndLabel> labels) {
    const QFontMetricsF metrics(theme.labelFont());
    const double height = metrics.height();
    std::stable_sort(labels.begin(), labels.end(), [](const EndLabel& a, const EndLabel& b) { return a.y < b.y; });
    // Down the list each one keeps clear of the one above; where that runs out of the plot, all move up again.
    double lowest = plot.top();
    for (EndLabel& label : labels) {
        label.y = std::max(label.y, lowest);
        lowest = label.y + height;
    }
    double highest = plot.bottom();
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        label->y = std::min(label->y, highest);
        highest = label->y - height;
    }
    painter.setFont(theme.labelFont());
    for (const EndLabel& label : labels) {
        painter.setPen(label.colour);
        painter.drawText(QPointF(plot.right() + gap + 2, label.y + metrics.ascent() / 2 - 1), label.text);
    }
}

} // namespace ropescope
