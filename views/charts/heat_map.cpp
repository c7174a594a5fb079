#include "views/charts/heat_map.h"

#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "views/models/ticks.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr double gap = spacingUnit / 2.0;
constexpr double barWidth = 1.5 * spacingUnit;
constexpr double barRoom = 8 * spacingUnit; // bar and its numbers
constexpr int barTicks = 5;

} // namespace

HeatMap::HeatMap(const QString& objectName, const QString& accessibleName, const Theme& theme, QWidget* parent)
    : ChartWidget(parent), m_theme(theme) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setMouseTracking(true);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void HeatMap::setData(HeatData heatData) {
    m_data = std::move(heatData);
    m_contours = contours(m_data.values, m_data.columns, m_data.rows, m_data.levels);
    update();
}

double HeatMap::fraction(double value) const {
    return (value - m_data.range.low) / (m_data.range.high - m_data.range.low);
}

QRectF HeatMap::plotRect() const {
    const QFontMetricsF metrics(m_theme.labelFont());
    double left = 2 * spacingUnit;
    for (const HeatTick& tick : m_data.rowTicks)
        left = std::max(left, metrics.horizontalAdvance(tick.text) + 2 * gap);
    const double top = metrics.height() * 1.5 + gap;
    const double bottom = 2 * metrics.height() + 2 * gap;
    return {left, top, std::max(width() - left - barRoom, 10.0), std::max(height() - top - bottom, 10.0)};
}

QRectF HeatMap::cellRect(int column, int row) const {
    const QRectF plot = plotRect();
    const auto edge = [](double start, double length, int i, int count) {
        return std::round(start + length * i / count);
    };
    const double left = edge(plot.left(), plot.width(), column, m_data.columns);
    const double right = edge(plot.left(), plot.width(), column + 1, m_data.columns);
    const double top = edge(plot.top(), plot.height(), m_data.rows - row - 1, m_data.rows);
    const double bottom = edge(plot.top(), plot.height(), m_data.rows - row, m_data.rows);
    return {left, top, right - left, bottom - top};
}

std::optional<std::pair<int, int>> HeatMap::cellAt(const QPointF& position) const {
    const QRectF plot = plotRect();
    if (m_data.columns < 1 || m_data.rows < 1 || !plot.contains(position))
        return std::nullopt;
    const int column = static_cast<int>((position.x() - plot.left()) / plot.width() * m_data.columns);
    const int row = static_cast<int>((plot.bottom() - position.y()) / plot.height() * m_data.rows);
    return std::pair{std::clamp(column, 0, m_data.columns - 1), std::clamp(row, 0, m_data.rows - 1)};
}

void HeatMap::paintCells(QPainter& painter) const {
    const ThemeColours& colours = m_theme.colours();
    const QFontMetricsF metrics(m_theme.labelFont());
    painter.setFont(m_theme.labelFont());
    for (int row = 0; row < m_data.rows; ++row)
        for (int column = 0; column < m_data.columns; ++column) {
            const auto i = static_cast<std::size_t>(row * m_data.columns + column);
            const QRectF cell = cellRect(column, row);
            const double value = m_data.values[i];
            const bool invalid = i < m_data.invalid.size() && m_data.invalid[i];
            const QColor ground =
                std::isfinite(value) ? QColor::fromRgb(m_theme.sequential().at(fraction(value))) : colours.panel;
            painter.fillRect(cell, invalid ? colours.structure : ground);
            if (invalid) {
                painter.setPen(QPen(colours.quietText, 1));
                painter.drawLine(cell.topLeft(), cell.bottomRight());
            }
            if (i < m_data.words.size() && metrics.horizontalAdvance(m_data.words[i]) + 4 < cell.width() &&
                metrics.height() < cell.height()) {
                painter.setPen(std::isfinite(value) ? Theme::textOn(ground) : colours.quietText);
                painter.drawText(cell, Qt::AlignCenter, m_data.words[i]);
            }
        }
}

void HeatMap::paintContours(QPainter& painter, const QRectF& plot) const {
    const double cellWidth = plot.width() / m_data.columns;
    const double cellHeight = plot.height() / m_data.rows;
    const auto place = [&](double column, double row) {
        return QPointF(plot.left() + (column + 0.5) * cellWidth, plot.bottom() - (row + 0.5) * cellHeight);
    };
    for (const ContourPiece& piece : m_contours) {
        // Dark lines on light cells, light ones on dark.
        QColor line = Theme::textOn(QColor::fromRgb(m_theme.sequential().at(fraction(piece.level))));
        line.setAlpha(150);
        painter.setPen(QPen(line, 1));
        painter.drawLine(place(piece.x1, piece.y1), place(piece.x2, piece.y2));
    }
}

void HeatMap::paintTicks(QPainter& painter, const QRectF& plot) const {
    const QFontMetricsF metrics(m_theme.labelFont());
    painter.setFont(m_theme.labelFont());
    painter.setPen(m_theme.colours().quietText);
    for (const HeatTick& tick : m_data.rowTicks) {
        const double y = plot.bottom() - tick.share * plot.height();
        painter.drawText(QRectF(0, y - metrics.height() / 2, plot.left() - gap, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick.text);
    }
    double free = -1e9; // labels that would lie over their neighbour are left out
    for (const HeatTick& tick : m_data.columnTicks) {
        const double half = metrics.horizontalAdvance(tick.text) / 2;
        const double x = plot.left() + tick.share * plot.width();
        if (x - half < free)
            continue;
        free = x + half + spacingUnit;
        painter.drawText(QRectF(x - half - 2, plot.bottom() + gap, 2 * half + 4, metrics.height()), Qt::AlignHCenter,
                         tick.text);
    }
    painter.drawText(QRectF(plot.left(), plot.bottom() + gap + metrics.height(), plot.width(), metrics.height()),
                     Qt::AlignRight, m_data.columnTitle);
    painter.drawText(QPointF(0, metrics.ascent()), m_data.rowTitle);
}

void HeatMap::paintBar(QPainter& painter, const QRectF& plot) const {
    const QFontMetricsF metrics(m_theme.labelFont());
    const QRectF bar(plot.right() + 2 * gap, plot.top(), barWidth, plot.height());
    QLinearGradient gradient(bar.bottomLeft(), bar.topLeft());
    constexpr int stops = 32;
    for (int i = 0; i <= stops; ++i)
        gradient.setColorAt(i / static_cast<double>(stops),
                            QColor::fromRgb(m_theme.sequential().at(i / static_cast<double>(stops))));
    painter.fillRect(bar, gradient);
    painter.setFont(m_theme.labelFont());
    painter.setPen(m_theme.colours().quietText);
    const auto ticks = linearTicks(m_data.range.low, m_data.range.high, barTicks);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
    for (const double tick : ticks) {
        const double y = bar.bottom() - fraction(tick) * bar.height();
        painter.drawText(QRectF(bar.right() + gap, y - metrics.height() / 2, barRoom, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, tickText(tick, step));
    }
    painter.drawText(QRectF(0, 0, width(), metrics.height()), Qt::AlignRight, m_data.barTitle);
}

void HeatMap::paintPicture(QPainter& painter) {
    const QRectF plot = plotRect();
    paintTicks(painter, plot);
    if (m_data.columns < 1 || m_data.rows < 1)
        return;
    painter.setRenderHint(QPainter::Antialiasing, false);
    paintCells(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    paintContours(painter, plot);
    if (m_data.ring) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.set(3), 2));
        painter.drawRect(cellRect(m_data.ring->first, m_data.ring->second).adjusted(1, 1, -1, -1));
    }
    paintBar(painter, plot);
}

void HeatMap::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    paintPicture(painter);
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position());
    const auto i = cell ? static_cast<std::size_t>(cell->second * m_data.columns + cell->first) : m_data.tips.size();
    QToolTip::showText(event->globalPosition().toPoint(), i < m_data.tips.size() ? m_data.tips[i] : QString(), this);
}

void HeatMap::mouseReleaseEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position()); cell && event->button() == Qt::LeftButton)
        Q_EMIT cellClicked(cell->first, cell->second);
}

} // namespace ropescope
