#include "views/tracks/track.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace ropescope {

namespace {

constexpr int margin = spacingUnit / 2; // above and below the data, so that end ticks are not cut

} // namespace

Track::Track(const QString& key, const QString& title, const TrackContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_key(key), m_title(title) {
    setObjectName(key + QStringLiteral("Track"));
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&context.bench.selection(), &Selection::pairChanged, this, repaint);
    connect(&context.bench.selection(), &Selection::segmentChanged, this, repaint);
    connect(&context.bench.setup(), &SetupModel::targetLengthChanged, this, repaint);
    connect(&context.bench.setup(), &SetupModel::geometryChanged, this, &Track::invalidate);
    connect(&context.theme, &Theme::changed, this, &Track::invalidate);
}

void Track::setAxis(const PairAxis& axis) {
    if (axis == m_axis)
        return;
    m_axis = axis;
    invalidate();
}

QRectF Track::plot() const {
    return {m_axis.left(), static_cast<double>(margin), m_axis.width(), std::max(height() - 2.0 * margin, 1.0)};
}

void Track::paintMarks(QPainter& painter, const QRectF& plot) {
    Q_UNUSED(painter)
    Q_UNUSED(plot)
}

void Track::paintGutter(QPainter& painter, const QRectF& plot) {
    Q_UNUSED(painter)
    Q_UNUSED(plot)
}

bool Track::pressed(QMouseEvent& event) {
    Q_UNUSED(event)
    return false;
}

void Track::dragged(QMouseEvent& event) {
    Q_UNUSED(event)
}

void Track::released(QMouseEvent& event) {
    Q_UNUSED(event)
}

void Track::invalidate() {
    m_stale = true;
    update();
}

void Track::invalidatePair(int pair) {
    m_stalePairs.push_back(pair);
    update();
}

void Track::paintTick(QPainter& painter, double y, const QString& text) const {
    painter.setFont(theme().labelFont());
    painter.setPen(theme().colours().quietText);
    const double lineHeight = QFontMetricsF(theme().labelFont()).height();
    const double top = std::clamp(y - lineHeight / 2, 0.0, std::max(height() - lineHeight, 0.0));
    painter.drawText(QRectF(0, top, m_axis.left() - spacingUnit, lineHeight), Qt::AlignRight | Qt::AlignVCenter, text);
}

void Track::paintSubtitle(QPainter& painter, const QString& text) const {
    painter.setFont(theme().labelFont());
    painter.setPen(theme().colours().quietText);
    const double top = QFontMetricsF(theme().textFont()).height() + 2;
    painter.drawText(QRectF(spacingUnit, top, m_axis.left() - spacingUnit, 2 * spacingUnit), Qt::AlignLeft, text);
}

void Track::paintNote(QPainter& painter, const QRectF& area, const QString& text) const {
    painter.setFont(theme().textFont());
    const QRectF box = painter.boundingRect(area, Qt::AlignCenter | Qt::TextWordWrap, text);
    painter.fillRect(box.adjusted(-spacingUnit, -2, spacingUnit, 2), theme().colours().ground);
    painter.setPen(theme().colours().quietText);
    painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, text);
}

bool Track::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), toolTipAt(m_axis.pairAt(help->pos().x())), this);
        return true;
    }
    return QWidget::event(event);
}

void Track::paintLayerOfData(const QRectF& plot) {
    const QSize pixels = size() * devicePixelRatioF();
    if (m_data.size() != pixels) {
        m_data = QPixmap(pixels);
        m_data.setDevicePixelRatio(devicePixelRatioF());
        m_stale = true;
    }
    if (!m_stale && m_stalePairs.empty())
        return;
    if (m_stale) {
        m_data.fill(Qt::transparent);
        QPainter painter(&m_data);
        painter.setRenderHint(QPainter::Antialiasing);
        paintData(painter, plot, 0, m_axis.pairs());
    } else {
        for (const int pair : m_stalePairs) {
            const QRectF column(m_axis.edge(pair), 0, m_axis.columnWidth(), height());
            QPainter painter(&m_data);
            painter.setClipRect(column);
            painter.setCompositionMode(QPainter::CompositionMode_Source);
            painter.fillRect(column, Qt::transparent);
            painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
            painter.setRenderHint(QPainter::Antialiasing);
            paintData(painter, plot, pair, pair + 1);
        }
    }
    m_stale = false;
    m_stalePairs.clear();
}

void Track::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const QRectF area = plot();
    const QString empty = emptyText();
    QPainter painter(this);
    painter.fillRect(rect(), theme().colours().ground);
    paintSelectedColumn(painter, m_axis, bench().selection(), theme(), 0, height());
    if (empty.isEmpty() && m_axis.pairs() > 0 && m_axis.columnWidth() > 0) {
        paintLayerOfData(area);
        painter.drawPixmap(0, 0, m_data);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paintTurnLines(painter, m_axis, bench().setup().setup(), theme(), 0, height());
    painter.setFont(theme().textFont());
    painter.setPen(theme().colours().quietText);
    painter.drawText(QPointF(spacingUnit, QFontMetricsF(theme().textFont()).ascent() + 1), m_title);
    if (empty.isEmpty()) {
        paintGutter(painter, area);
        paintMarks(painter, area);
    } else {
        paintNote(painter, area, empty);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme().colours().accent, 2));
        painter.drawLine(QPointF(1, 2), QPointF(1, height() - 2));
    }
}

void Track::selectAt(double x, bool extend) {
    const int pair = m_axis.nearestPair(x);
    Selection& selection = bench().selection();
    const int start = extend ? m_selectionStart : pair;
    if (!extend)
        m_selectionStart = pair;
    if (pair == start && !extend)
        selection.setPair(pair);
    else
        selection.setSegment(Segment{std::min(start, pair), std::max(start, pair) + 1});
}

// A press left of the data belongs to the stack, which moves the track.
void Track::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || event->position().x() < m_axis.left() || m_axis.pairs() == 0) {
        event->ignore();
        return;
    }
    m_dragOwned = pressed(*event);
    if (m_dragOwned)
        return;
    m_selecting = true;
    const bool extend = event->modifiers().testFlag(Qt::ShiftModifier) && bench().selection().pair().has_value();
    if (extend)
        m_selectionStart = bench().selection().segment() ? m_selectionStart : *bench().selection().pair();
    selectAt(event->position().x(), extend);
}

void Track::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragOwned || event->buttons() == Qt::NoButton)
        dragged(*event);
    else if (m_selecting && m_axis.nearestPair(event->position().x()) != m_selectionStart)
        selectAt(event->position().x(), true);
    else if (!m_selecting)
        event->ignore();
}

void Track::mouseReleaseEvent(QMouseEvent* event) {
    if (m_dragOwned)
        released(*event);
    else if (!m_selecting)
        event->ignore();
    m_dragOwned = false;
    m_selecting = false;
}

void Track::keyPressEvent(QKeyEvent* event) {
    const auto pair = bench().selection().pair();
    const int step = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (step == 0 || !pair) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int target = std::clamp(*pair + step, 0, m_axis.pairs() - 1);
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        const Segment old = bench().selection().segment().value_or(Segment{*pair, *pair + 1});
        const Segment grown = step > 0 ? Segment{old.first, std::min(old.end + 1, m_axis.pairs())}
                                       : Segment{std::max(old.first - 1, 0), old.end};
        bench().selection().setSegment(grown);
    } else {
        bench().selection().setPair(target);
    }
}

void paintSelectedColumn(QPainter& painter, const PairAxis& axis, const Selection& selection, const Theme& theme,
                         double top, double height) {
    if (axis.pairs() == 0)
        return;
    if (const auto segment = selection.segment())
        painter.fillRect(
            QRectF(axis.edge(segment->first), top, axis.edge(segment->end) - axis.edge(segment->first), height),
            theme.colours().highlight);
    if (const auto pair = selection.pair(); pair && *pair < axis.pairs()) {
        if (!selection.segment())
            painter.fillRect(QRectF(axis.edge(*pair), top, axis.columnWidth(), height), theme.colours().highlight);
        painter.setPen(QPen(theme.colours().quietText, 1, Qt::DotLine));
        painter.drawLine(QPointF(axis.centre(*pair), top), QPointF(axis.centre(*pair), top + height));
    }
}

void paintTurnLines(QPainter& painter, const PairAxis& axis, const Setup& setup, const Theme& theme, double top,
                    double height) {
    const auto line = [&](double length, Qt::PenStyle style) {
        const auto pair = pairOfWavelength(setup.geometry, length);
        if (!pair)
            return;
        painter.setPen(QPen(theme.colours().quietText, 1, style));
        const double x = axis.centre(*pair);
        painter.drawLine(QPointF(x, top), QPointF(x, top + height));
    };
    line(static_cast<double>(setup.geometry.trainedLength), Qt::SolidLine);
    if (setup.targetLength != setup.geometry.trainedLength)
        line(static_cast<double>(setup.targetLength), Qt::DashLine);
}

} // namespace ropescope
