#include "views/charts/pair_bars.h"

#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "views/models/value_text.h"

namespace ropescope {

PairBars::PairBars(const QString& objectName, const QString& accessibleName, const Theme& theme, QWidget* parent)
    : ChartWidget(parent), m_theme(theme) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setMouseTracking(true);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PairBars::setValues(std::vector<double> values, const QString& yTitle) {
    m_values = std::move(values);
    m_yTitle = yTitle;
    update();
}

void PairBars::setSegments(std::vector<Segment> segments) {
    m_segments = std::move(segments);
    update();
}

PlotFrame PairBars::frame() const {
    PlotAxis x;
    x.range = {-0.5, std::max(static_cast<double>(m_values.size()), 1.0) - 0.5};
    x.title = tr("pair");
    PlotAxis y;
    auto values = m_values;
    values.push_back(0);
    y.range = rangeOf(values);
    y.title = m_yTitle;
    return PlotFrame::fitted(x, y, size(), 0, m_theme);
}

int PairBars::pairAt(const QPointF& position) const {
    const PlotFrame shown = frame();
    if (m_values.empty() || !shown.plot.contains(position))
        return -1;
    const double share = (position.x() - shown.plot.left()) / shown.plot.width();
    return std::clamp(static_cast<int>(std::lround(shown.x.value(share))), 0, static_cast<int>(m_values.size()) - 1);
}

void PairBars::paintPicture(QPainter& painter) {
    const PlotFrame shown = frame();
    const double width = shown.plot.width() / std::max(static_cast<double>(m_values.size()), 1.0);
    for (const Segment& segment : m_segments) {
        const double left = shown.at(segment.first - 0.5, 0).x();
        painter.fillRect(QRectF(left, shown.plot.top(), (segment.end - segment.first) * width, shown.plot.height()),
                         m_theme.colours().highlight);
    }
    shown.paintGrid(painter, m_theme);
    const double zero = shown.at(0, 0).y();
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        if (!std::isfinite(m_values[i]))
            continue;
        const QPointF top = shown.at(static_cast<double>(i), m_values[i]);
        const double bar = std::max(width * 0.7, 1.0);
        // Raising the factor makes it worse: orange; better: blue. The side says it as well.
        painter.fillRect(QRectF(top.x() - bar / 2, std::min(top.y(), zero), bar, std::abs(top.y() - zero)),
                         m_theme.set(m_values[i] > 0 ? 1 : 0));
    }
    painter.setPen(QPen(m_theme.colours().quietText, 1));
    painter.drawLine(QPointF(shown.plot.left(), zero), QPointF(shown.plot.right(), zero));
    shown.paintLabels(painter, m_theme);
}

void PairBars::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    paintPicture(painter);
}

void PairBars::mouseMoveEvent(QMouseEvent* event) {
    const int pair = pairAt(event->position());
    QString tip;
    if (pair >= 0)
        tip = tr("pair %1: %2").arg(pair).arg(signedText(m_values[static_cast<std::size_t>(pair)], 6));
    QToolTip::showText(event->globalPosition().toPoint(), tip, this);
}

void PairBars::mouseReleaseEvent(QMouseEvent* event) {
    if (const int pair = pairAt(event->position()); pair >= 0)
        Q_EMIT pairClicked(pair);
}

} // namespace ropescope
