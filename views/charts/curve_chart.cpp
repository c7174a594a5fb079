#include "views/charts/curve_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QAreaSeries>
#include <QChart>
#include <QChartView>
#include <QLegend>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QVBoxLayout>
#include <QValueAxis>

namespace ropescope {

namespace {

constexpr double reach = 12; // pixels from a point within which the pointer reads it
constexpr int bandAlpha = 44;
constexpr double pixelsPerDot = 8; // closer together they would hide the line

} // namespace

// The chart's lines between our own grid and words.
class CurveChart::View : public QChartView {
public:
    View(QChart* chart, CurveChart& owner) : QChartView(chart, &owner), m_owner(owner) {
        setRenderHint(QPainter::Antialiasing);
        setFrameShape(QFrame::NoFrame);
        setBackgroundBrush(Qt::NoBrush);
        setStyleSheet(QStringLiteral("background: transparent;"));
        setMouseTracking(true);
        setFocusPolicy(Qt::NoFocus);
    }

protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override {
        Q_UNUSED(rect)
        m_owner.paintUnder(*painter);
    }
    void drawForeground(QPainter* painter, const QRectF& rect) override {
        Q_UNUSED(rect)
        m_owner.paintOver(*painter);
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        QToolTip::showText(event->globalPosition().toPoint(), m_owner.tipAt(event->position()), this);
    }
    void mouseReleaseEvent(QMouseEvent* event) override {
        const QRectF& plot = m_owner.m_frame.plot;
        if (event->button() == Qt::LeftButton && plot.contains(event->position()))
            Q_EMIT m_owner.plotClicked((event->position().x() - plot.left()) / plot.width(),
                                       (plot.bottom() - event->position().y()) / plot.height());
    }

private:
    CurveChart& m_owner;
};

CurveChart::CurveChart(const QString& objectName, const QString& accessibleName, const Theme& theme, QWidget* parent)
    : ChartWidget(parent), m_theme(theme), m_chart(new QChart), m_x(new QValueAxis), m_y(new QValueAxis) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    m_chart->setAnimationOptions(QChart::NoAnimation);
    m_chart->setBackgroundVisible(false);
    m_chart->setPlotAreaBackgroundVisible(false);
    m_chart->legend()->hide();
    m_chart->addAxis(m_x, Qt::AlignBottom);
    m_chart->addAxis(m_y, Qt::AlignLeft);
    for (QValueAxis* axis : {m_x, m_y})
        axis->setVisible(false);
    m_view = new View(m_chart, *this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);
    connect(&theme, &Theme::changed, this, &CurveChart::follow);
    follow();
}

CurveChart::~CurveChart() = default;

void CurveChart::setAxes(const Axes& axes) {
    m_axes = axes;
    follow();
}

void CurveChart::setCurves(std::vector<ChartCurve> curves) {
    m_curves = std::move(curves);
    follow();
}

void CurveChart::setMarks(std::vector<ChartMark> marks) {
    m_marks = std::move(marks);
    follow();
}

void CurveChart::setRing(std::optional<CurvePoint> point) {
    m_ring = point;
    m_view->viewport()->update();
}

PlotAxis CurveChart::xAxis() const {
    PlotAxis axis;
    axis.scale = m_axes.xScale;
    axis.title = m_axes.xTitle;
    axis.counts = m_axes.xCounts;
    axis.factors = m_axes.xFactors;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const ChartCurve& curve : m_curves)
        for (const CurvePoint& point : curve.points) {
            low = std::min(low, point.x);
            high = std::max(high, point.x);
        }
    if (m_axes.xRange)
        axis.range = *m_axes.xRange;
    else if (low > high)
        axis.range = {1, 2};
    else if (low == high) // one point stands in the middle
        axis.range = axis.scale == AxisScale::logarithmic && low > 0 ? ValueRange{low / 2, low * 2}
                                                                     : ValueRange{low - 1, low + 1};
    else
        axis.range = {low, high};
    if (!(axis.range.low > 0))
        axis.scale = AxisScale::linear;
    return axis;
}

PlotAxis CurveChart::yAxis() const {
    std::vector<double> values;
    for (const ChartCurve& curve : m_curves) {
        for (const CurvePoint& point : curve.points)
            values.push_back(point.y);
        values.insert(values.end(), curve.low.begin(), curve.low.end());
        values.insert(values.end(), curve.high.begin(), curve.high.end());
    }
    if (m_axes.yHolds)
        values.push_back(*m_axes.yHolds);
    PlotAxis axis;
    axis.title = m_axes.yTitle;
    if (m_axes.yScale == AxisScale::logarithmic) {
        std::erase_if(values, [](double value) { return !(value > 0) || !std::isfinite(value); });
        for (double& value : values)
            value = std::log(value);
    }
    if (m_axes.yScale == AxisScale::logarithmic && !values.empty()) {
        const ValueRange logs = rangeOf(values);
        axis.scale = AxisScale::logarithmic;
        axis.range = {std::exp(logs.low), std::exp(logs.high)};
    } else {
        axis.range = rangeOf(values);
    }
    return axis;
}

double CurveChart::endLabelWidth() const {
    const QFontMetricsF metrics(m_theme.labelFont());
    double widest = 0;
    for (const ChartCurve& curve : m_curves)
        if (!curve.points.empty())
            widest = std::max(widest, metrics.horizontalAdvance(curve.name) + spacingUnit);
    return std::min(widest, width() / 3.0);
}

void CurveChart::addLine() {
    Line line;
    line.line = new QLineSeries(m_chart);
    line.low = new QLineSeries(m_chart);
    line.high = new QLineSeries(m_chart);
    line.band = new QAreaSeries(line.high, line.low);
    m_chart->addSeries(line.band);
    m_chart->addSeries(line.line);
    for (QAbstractSeries* series :
         {static_cast<QAbstractSeries*>(line.band), static_cast<QAbstractSeries*>(line.line)}) {
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    }
    m_lines.push_back(line);
}

QColor CurveChart::colourOf(const ChartCurve& curve) const {
    switch (curve.tone) {
    case ChartCurve::Tone::neutral:
        return m_theme.colours().neutral;
    case ChartCurve::Tone::faint:
        return m_theme.colours().structure;
    case ChartCurve::Tone::set:
        break;
    }
    return m_theme.set(curve.colour);
}

bool CurveChart::hasDots(const ChartCurve& curve) const {
    // A point alone has no line to be seen by.
    return curve.points.size() == 1 ||
           (curve.dots && static_cast<double>(curve.points.size()) * pixelsPerDot <= m_frame.plot.width());
}

// Series live in shares of the axes: a logarithmic axis then needs nothing of Qt's. What a logarithmic axis can't hold
// has no share, and is left out; a band that reaches below it ends at the plot's edge.
void CurveChart::showLine(const ChartCurve& curve, const Line& line) {
    const auto columns = static_cast<std::size_t>(std::clamp(static_cast<int>(m_frame.plot.width()), 1, 500));
    std::vector<CurvePoint> shown, low, high;
    for (std::size_t i = 0; i < curve.points.size(); ++i) {
        const double x = m_frame.x.share(curve.points[i].x);
        shown.push_back({x, m_frame.y.share(curve.points[i].y)});
        if (i < curve.low.size() && i < curve.high.size() && std::isfinite(curve.low[i]) &&
            std::isfinite(curve.high[i])) {
            low.push_back({x, m_frame.y.share(std::max(curve.low[i], m_frame.y.range.low))});
            high.push_back({x, m_frame.y.share(curve.high[i])});
        }
    }
    const auto replace = [columns](QLineSeries& series, const std::vector<CurvePoint>& points) {
        QList<QPointF> list;
        for (const CurvePoint& point : reduced(points, columns))
            list.append(QPointF(point.x, point.y));
        series.replace(list);
    };
    const QColor colour = colourOf(curve);
    QColor faint = colour;
    faint.setAlpha(bandAlpha);
    line.line->setPen(QPen(colour, curve.strong ? 2.5 : 1.5));
    line.band->setBrush(faint);
    line.band->setPen(Qt::NoPen);
    replace(*line.line, shown);
    replace(*line.low, low);
    replace(*line.high, high);
}

// Later series lie over earlier ones: the strong curves come last.
void CurveChart::fitLines() {
    while (m_lines.size() < m_curves.size())
        addLine();
    m_x->setRange(0, 1);
    m_y->setRange(0, 1);
    m_chart->setPlotArea(m_frame.plot);
    std::size_t place = 0;
    for (const bool strong : {false, true})
        for (const ChartCurve& curve : m_curves)
            if (curve.strong == strong)
                showLine(curve, m_lines[place++]);
    for (; place < m_lines.size(); ++place)
        showLine({}, m_lines[place]);
}

void CurveChart::follow() {
    m_frame = PlotFrame::fitted(xAxis(), yAxis(), size(), endLabelWidth(), m_theme);
    fitLines();
    m_view->resetCachedContent();
    m_view->viewport()->update();
}

void CurveChart::resizeEvent(QResizeEvent* event) {
    ChartWidget::resizeEvent(event);
    follow();
}

QString CurveChart::tipAt(const QPointF& position) const {
    double nearest = reach;
    QString tip;
    for (const ChartCurve& curve : m_curves)
        for (std::size_t i = 0; i < curve.points.size() && i < curve.tips.size(); ++i) {
            QPointF at = m_frame.at(curve.points[i].x, curve.points[i].y);
            if (!std::isfinite(curve.points[i].y))
                at.setY(m_frame.plot.top());
            const double distance = std::hypot(at.x() - position.x(), at.y() - position.y());
            if (distance < nearest) {
                nearest = distance;
                tip = curve.tips[i];
            }
        }
    return tip;
}

void CurveChart::paintUnder(QPainter& painter) const {
    m_frame.paintGrid(painter, m_theme);
    painter.setFont(m_theme.labelFont());
    for (const ChartMark& mark : m_marks) {
        const PlotAxis& axis = mark.orientation == Qt::Vertical ? m_frame.x : m_frame.y;
        const double share = axis.share(mark.value);
        if (!(share >= 0 && share <= 1))
            continue;
        painter.setPen(QPen(m_theme.colours().quietText, 1, Qt::DotLine));
        const QRectF& plot = m_frame.plot;
        if (mark.orientation == Qt::Vertical) {
            const double x = plot.left() + share * plot.width();
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
            const double width = QFontMetricsF(m_theme.labelFont()).horizontalAdvance(mark.text);
            painter.drawText(QPointF(x + 4 + width > plot.right() ? x - 4 - width : x + 4, plot.bottom() - 4),
                             mark.text);
        } else {
            const double y = plot.bottom() - share * plot.height();
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
            painter.drawText(QPointF(plot.left() + 4, y - 4), mark.text);
        }
    }
}

// Dots are whole also at the plot's edge. A point alone shows its error as a whisker; one without a number is crossed
// at the top.
void CurveChart::paintPoints(QPainter& painter, const ChartCurve& curve) const {
    const QColor colour = colourOf(curve);
    const double radius = curve.strong ? 3.5 : 2.75;
    const bool dots = hasDots(curve);
    for (std::size_t i = 0; i < curve.points.size(); ++i) {
        const CurvePoint& point = curve.points[i];
        const QPointF at = m_frame.at(point.x, point.y);
        if (!std::isfinite(at.y())) {
            const QPointF top(m_frame.at(point.x, m_frame.y.range.low).x(), m_frame.plot.top());
            painter.setPen(QPen(colour, 1.5));
            painter.drawLine(top + QPointF(-3, -3), top + QPointF(3, 3));
            painter.drawLine(top + QPointF(-3, 3), top + QPointF(3, -3));
            continue;
        }
        if (!dots)
            continue;
        if (curve.points.size() == 1 && !curve.low.empty() && !curve.high.empty()) {
            painter.setPen(QPen(colour, 1.5));
            painter.drawLine(m_frame.at(point.x, std::max(curve.low[i], m_frame.y.range.low)),
                             m_frame.at(point.x, curve.high[i]));
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(at, radius, radius);
    }
}

void CurveChart::paintOver(QPainter& painter) const {
    m_frame.paintLabels(painter, m_theme);
    std::vector<EndLabel> labels;
    const QFontMetricsF metrics(m_theme.labelFont());
    for (const bool strong : {false, true})
        for (const ChartCurve& curve : m_curves)
            if (curve.strong == strong)
                paintPoints(painter, curve);
    for (const ChartCurve& curve : m_curves) {
        const auto end = std::find_if(curve.points.rbegin(), curve.points.rend(), [this](const CurvePoint& point) {
            return std::isfinite(m_frame.at(point.x, point.y).y());
        });
        if (end != curve.points.rend() && !curve.name.isEmpty())
            labels.push_back(
                {metrics.elidedText(curve.name, Qt::ElideRight, width() - m_frame.plot.right() - spacingUnit),
                 colourOf(curve), m_frame.at(end->x, end->y).y()});
    }
    paintEndLabels(painter, m_theme, m_frame.plot, std::move(labels));
    if (m_ring && std::isfinite(m_ring->y)) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.set(3), 2));
        painter.drawEllipse(m_frame.at(m_ring->x, m_ring->y), 6.5, 6.5);
    }
}

void CurveChart::paintPicture(QPainter& painter) {
    m_view->render(&painter, rect(), m_view->viewport()->rect());
}

} // namespace ropescope
