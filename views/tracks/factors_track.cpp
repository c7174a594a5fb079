#include "views/tracks/factors_track.h"

#include <algorithm>
#include <cmath>

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "views/models/value_text.h"
#include "views/widgets/attention_field.h"

namespace ropescope {

namespace {

constexpr double handleReach = 10;
constexpr double lockRowHeight = 8;
constexpr int brushRadius = 3;
// Of the attention factor's field, in the gutter under the title and its label.
constexpr int attentionTop = 6 * spacingUnit;
constexpr int attentionWidth = 8 * spacingUnit;

QString arrow() {
    return QStringLiteral(" \u2192 ");
}

} // namespace

FactorsTrack::FactorsTrack(const TrackContext& context, QWidget* parent)
    : Track(QStringLiteral("factors"), tr("factor \u03bb"), context, parent),
      m_attention(new AttentionField(bench(), editor(), this)) {
    m_attention->setGeometry(spacingUnit, attentionTop, attentionWidth, m_attention->sizeHint().height());
    const auto refit = [this] {
        fitRange();
        invalidate();
    };
    FactorSetStore& sets = bench().sets();
    connect(&sets, &FactorSetStore::inserted, this, refit);
    connect(&sets, &FactorSetStore::removed, this, refit);
    connect(&sets, &FactorSetStore::entryChanged, this, refit);
    connect(&sets, &FactorSetStore::moved, this, refit);
    connect(&sets, &FactorSetStore::locksChanged, this, &FactorsTrack::invalidate);
    connect(&bench().selection(), &Selection::setChanged, this, &FactorsTrack::invalidate);
    refit();
}

QRectF FactorsTrack::curves(const QRectF& plot) const {
    return plot.adjusted(0, 0, 0, -lockRowHeight - 4);
}

QRectF FactorsTrack::lockRow(const QRectF& plot) const {
    return {plot.left(), plot.bottom() - lockRowHeight, plot.width(), lockRowHeight};
}

FactorPlot FactorsTrack::factorPlot() const {
    const QRectF area = curves(plot());
    return {axis(), m_range, area.top(), area.height()};
}

// During a drag the axis stands still, or the point would run away from the pointer.
void FactorsTrack::fitRange() {
    if (m_drag)
        return;
    std::vector<double> values;
    for (const FactorSetEntry& entry : bench().sets().entries())
        if (entry.visible || entry.id == bench().selection().set())
            values.insert(values.end(), entry.set.factors.begin(), entry.set.factors.end());
    m_range = logRangeFor(values);
}

void FactorsTrack::paintSet(QPainter& painter, const FactorSetEntry& entry, bool current) const {
    const FactorPlot geometry = factorPlot();
    const auto& factors = entry.set.factors;
    if (factors.size() != static_cast<std::size_t>(axis().pairs()))
        return;
    QPolygonF line;
    for (int pair = 0; pair < axis().pairs(); ++pair)
        line << QPointF(axis().centre(pair), geometry.yOf(factors[static_cast<std::size_t>(pair)]));
    const QColor colour = theme().set(entry.colour);
    const bool dashed = !current && entry.origin == SetOrigin::edited;
    painter.setPen(
        QPen(colour, current ? 2.0 : 1.6, dashed ? Qt::DashLine : Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
    if (!current)
        return;
    const double radius = std::clamp(axis().columnWidth() / 3, 1.5, 3.5);
    painter.setBrush(colour);
    painter.setPen(QPen(theme().colours().ground, 1));
    for (const QPointF& point : line)
        painter.drawEllipse(point, radius, radius);
}

void FactorsTrack::paintLocks(QPainter& painter, const QRectF& plot) const {
    const QRectF row = lockRow(plot);
    painter.setPen(QPen(theme().colours().structure, 1));
    painter.drawLine(row.topLeft(), row.topRight());
    for (int pair = 0; pair < axis().pairs(); ++pair) {
        if (!bench().sets().locked(pair))
            continue;
        const QRectF column(axis().edge(pair), row.top(), axis().columnWidth(), row.height());
        painter.fillRect(column, theme().colours().structure);
        painter.fillRect(column, QBrush(theme().colours().quietText, Qt::BDiagPattern));
        const QRectF above(axis().edge(pair), plot.top(), axis().columnWidth(), row.top() - plot.top());
        painter.fillRect(above, QBrush(theme().colours().structure, Qt::BDiagPattern));
    }
}

void FactorsTrack::paintData(QPainter& painter, const QRectF& plot, int first, int end) {
    Q_UNUSED(first) // lines run through neighbouring columns: always painted whole
    Q_UNUSED(end)
    const FactorPlot geometry = factorPlot();
    painter.setPen(QPen(theme().colours().structure, 1));
    for (const double tick : logTicks(m_range.low, m_range.high, 6)) {
        const double y = std::round(geometry.yOf(tick)) + 0.5;
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    }
    paintLocks(painter, plot);
    painter.setClipRect(plot.adjusted(-4, -4, 4, 4));
    const FactorSetEntry* current = bench().currentSet();
    for (const FactorSetEntry& entry : bench().sets().entries())
        if (entry.visible && &entry != current)
            paintSet(painter, entry, false);
    if (current)
        paintSet(painter, *current, true);
}

void FactorsTrack::paintGutter(QPainter& painter, const QRectF& plot) {
    Q_UNUSED(plot)
    const FactorPlot geometry = factorPlot();
    for (const double tick : logTicks(m_range.low, m_range.high, 6))
        paintTick(painter, geometry.yOf(tick), QLocale().toString(tick, 'g', 6));
    painter.setFont(theme().labelFont());
    painter.setPen(theme().colours().quietText);
    const QRectF row = lockRow(plot);
    painter.drawText(QRectF(0, row.top() - 6, axis().left() - spacingUnit, row.height() + 10),
                     Qt::AlignRight | Qt::AlignVCenter, tr("lock"));
    painter.drawText(QRectF(spacingUnit, attentionTop - 2 * spacingUnit, attentionWidth, 2 * spacingUnit),
                     Qt::AlignLeft | Qt::AlignVCenter, tr("attention"));
}

void FactorsTrack::paintTurnLabels(QPainter& painter, const QRectF& plot) const {
    const Setup& setup = bench().setup().setup();
    const QFontMetricsF metrics(theme().labelFont());
    painter.setFont(theme().labelFont());
    painter.setPen(theme().colours().quietText);
    const double bottom = curves(plot).bottom() - 3;
    // Away from the other line where there is room: the trained length's lies to the left of the target's.
    const auto label = [&](double length, const QString& text, double raise, bool wantsRight) {
        const auto pair = pairOfWavelength(setup.geometry, length);
        if (!pair)
            return;
        const double x = axis().centre(*pair);
        const double width = metrics.horizontalAdvance(text);
        const bool fitsRight = x + 5 + width < plot.right();
        const bool fitsLeft = x - 5 - width > plot.left();
        const bool right = wantsRight ? fitsRight || !fitsLeft : !fitsLeft;
        painter.drawText(QPointF(right ? x + 5 : x - 5 - width, bottom - raise), text);
    };
    label(static_cast<double>(setup.geometry.trainedLength), tr("one turn = trained length"), 0,
          setup.targetLength < setup.geometry.trainedLength);
    if (setup.targetLength != setup.geometry.trainedLength)
        label(static_cast<double>(setup.targetLength), tr("one turn = target length"), metrics.height(),
              setup.targetLength > setup.geometry.trainedLength);
}

QString FactorsTrack::dragLabel() const {
    const FactorSetEntry* current = bench().currentSet();
    const auto i = static_cast<std::size_t>(m_drag->pair);
    if (!current || i >= current->set.factors.size() || i >= m_drag->start.size())
        return {};
    const double before = m_drag->start[i];
    const double now = current->set.factors[i];
    const double tokens = wavelength(bench().setup().setup().geometry, m_drag->pair);
    const AngleModel& angles = bench().angles();
    return tr("pair %1   %2   wavelength %3 tokens   unseen %4")
        .arg(QString::number(m_drag->pair), factorText(before) + arrow() + factorText(now),
             wavelengthText(tokens * before) + arrow() + wavelengthText(tokens * now),
             shareText(angles.unseenShare(m_drag->pair, before)) + arrow() +
                 shareText(angles.unseenShare(m_drag->pair, now)));
}

void FactorsTrack::paintDragLabel(QPainter& painter, const QRectF& plot) const {
    const QString text = dragLabel();
    const FactorSetEntry* current = bench().currentSet();
    if (text.isEmpty() || !current)
        return;
    painter.setFont(theme().textFont());
    const QFontMetricsF metrics(theme().textFont());
    const double width = metrics.horizontalAdvance(text) + 2 * spacingUnit;
    const double boxHeight = metrics.height() + spacingUnit;
    const double y = factorPlot().yOf(current->set.factors[static_cast<std::size_t>(m_drag->pair)]);
    const double left =
        std::clamp(axis().centre(m_drag->pair) - width / 2, plot.left(), std::max(plot.right() - width, plot.left()));
    const double top = y - boxHeight - 12 > plot.top() ? y - boxHeight - 12 : y + 12;
    const QRectF box(left, std::min(top, plot.bottom() - boxHeight), width, boxHeight);
    painter.setPen(QPen(theme().colours().structure, 1));
    painter.setBrush(theme().colours().ground);
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(theme().colours().text);
    painter.drawText(box, Qt::AlignCenter, text);
}

void FactorsTrack::paintMarks(QPainter& painter, const QRectF& plot) {
    paintTurnLabels(painter, plot);
    const FactorSetEntry* current = bench().currentSet();
    if (!current || current->set.factors.size() != static_cast<std::size_t>(axis().pairs()))
        return;
    const std::optional<int> marked = m_drag ? m_drag->pair : m_hovered ? m_hovered : bench().selection().pair();
    if (marked && *marked < axis().pairs()) {
        const double y = factorPlot().yOf(current->set.factors[static_cast<std::size_t>(*marked)]);
        painter.setBrush(theme().colours().ground);
        painter.setPen(QPen(theme().set(current->colour), 2));
        painter.drawEllipse(QPointF(axis().centre(*marked), y), 4.5, 4.5);
    }
    if (m_drag && m_drag->moved)
        paintDragLabel(painter, plot);
}

QString FactorsTrack::emptyText() const {
    if (axis().pairs() == 0)
        return tr("Choose a model to see its rotary pairs");
    if (bench().sets().count() == 0)
        return tr("Add a method or import a factor file to see factors here");
    return {};
}

QString FactorsTrack::toolTipAt(std::optional<int> pair) const {
    QString text = tr("<b>Factor \u03bb</b>: pair i turns by position \u00d7 \u03b8<sup>−2i/D</sup> / "
                      "\u03bb<sub>i</sub>; above 1 it "
                      "turns slower than trained.<br>Drag a handle; Shift: slower; Alt: paint; double click: type; "
                      "Up, Down: 1 %; Ctrl: 0.1 %.");
    const FactorSetEntry* current = bench().currentSet();
    if (pair && current && static_cast<std::size_t>(*pair) < current->set.factors.size())
        text += tr("<br>%1, pair %2: %3")
                    .arg(current->name.toHtmlEscaped(), QString::number(*pair),
                         factorText(current->set.factors[static_cast<std::size_t>(*pair)]));
    return text;
}

bool FactorsTrack::pressed(QMouseEvent& event) {
    const QPointF at = event.position();
    if (lockRow(plot()).adjusted(0, -2, 0, 4).contains(at)) {
        const int pair = axis().nearestPair(at.x());
        const auto segment = bench().selection().segment();
        const bool inside = segment && pair >= segment->first && pair < segment->end;
        editor().setLocked(inside ? *segment : Segment{pair, pair + 1}, !bench().sets().locked(pair), axis().pairs());
        return true;
    }
    const FactorSetEntry* current = bench().currentSet();
    if (!current)
        return false;
    const bool paint = m_paintMode || event.modifiers().testFlag(Qt::AltModifier);
    const auto handle = factorPlot().handleAt(at.x(), at.y(), current->set.factors, handleReach);
    if (!paint && !handle)
        return false;
    const int pair = handle.value_or(axis().nearestPair(at.x()));
    bench().selection().setPair(pair);
    m_drag = Drag{.pair = pair,
                  .gesture = editor().newGesture(),
                  .startY = at.y(),
                  .moved = false,
                  .start = current->set.factors,
                  .locks = bench().sets().locks()};
    if (paint)
        moveTo(event);
    update();
    return true;
}

void FactorsTrack::moveTo(const QMouseEvent& event) {
    const FactorPlot geometry = factorPlot();
    const bool paint = m_paintMode || event.modifiers().testFlag(Qt::AltModifier);
    const SetId id = editor().editableCurrent(m_drag->gesture);
    const FactorSetEntry* entry = bench().sets().find(id);
    if (!entry)
        return;
    m_drag->moved = true;
    Factors next;
    if (paint) {
        m_drag->pair = axis().nearestPair(event.position().x());
        bench().selection().setPair(m_drag->pair);
        next = painted(entry->set.factors, m_drag->pair, geometry.factorAt(event.position().y()), brushRadius,
                       m_drag->locks);
    } else {
        const double ratio = dragRatio(geometry.logDistance(event.position().y() - m_drag->startY),
                                       event.modifiers().testFlag(Qt::ShiftModifier));
        const auto segment = bench().selection().segment();
        next = scaled(m_drag->start, segment.value_or(Segment{m_drag->pair, m_drag->pair + 1}), ratio, m_drag->locks);
    }
    editor().setFactors(id, next, tr("Drag %1").arg(segmentText(m_drag->pair, m_drag->pair + 1)), m_drag->gesture);
}

void FactorsTrack::dragged(QMouseEvent& event) {
    if (m_drag) {
        moveTo(event);
        return;
    }
    const FactorSetEntry* current = bench().currentSet();
    const auto hovered =
        current ? factorPlot().handleAt(event.position().x(), event.position().y(), current->set.factors, handleReach)
                : std::nullopt;
    setCursor(hovered ? Qt::SizeVerCursor : Qt::ArrowCursor);
    if (hovered != m_hovered) {
        m_hovered = hovered;
        update();
    }
}

void FactorsTrack::released(QMouseEvent& event) {
    Q_UNUSED(event)
    m_drag.reset();
    fitRange();
    invalidate();
}

void FactorsTrack::leaveEvent(QEvent* event) {
    m_hovered.reset();
    update();
    Track::leaveEvent(event);
}

void FactorsTrack::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->position().x() < axis().left() || axis().pairs() == 0)
        return;
    bench().selection().setPair(axis().nearestPair(event->position().x()));
    m_drag.reset();
    editSelectedPair();
}

void FactorsTrack::editSelectedPair() {
    const FactorSetEntry* current = bench().currentSet();
    const auto pair = bench().selection().pair();
    if (!current || !pair || static_cast<std::size_t>(*pair) >= current->set.factors.size())
        return;
    closeField();
    const double factor = current->set.factors[static_cast<std::size_t>(*pair)];
    auto* field = new QLineEdit(QLocale().toString(factor, 'g', 8), this);
    m_field = field;
    m_fieldPair = *pair;
    field->setObjectName(QStringLiteral("factorField"));
    field->setAccessibleName(tr("Factor of pair %1").arg(*pair));
    const QSize size(12 * spacingUnit, field->sizeHint().height());
    const QRectF area = plot();
    const double left = std::clamp(axis().centre(*pair) - size.width() / 2.0, area.left(), area.right() - size.width());
    const double top = std::clamp(factorPlot().yOf(factor) - size.height() - spacingUnit, 0.0,
                                  static_cast<double>(height() - size.height()));
    field->setGeometry(QRect(QPoint(static_cast<int>(left), static_cast<int>(top)), size));
    field->selectAll();
    field->show();
    field->setFocus();
    field->installEventFilter(this);
}

// Leaving the field or Escape closes it and changes nothing.
bool FactorsTrack::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_field)
        return Track::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut)
        closeField();
    if (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress)
        return false;
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool escape = key == Qt::Key_Escape;
    if (!escape && key != Qt::Key_Return && key != Qt::Key_Enter)
        return false;
    event->accept(); // neither the window's shortcuts nor the track's own keys
    if (event->type() == QEvent::ShortcutOverride)
        return true;
    if (escape) {
        closeField();
        setFocus();
    } else {
        typed();
    }
    return true;
}

void FactorsTrack::closeField() {
    if (m_field)
        m_field->deleteLater();
    if (m_fieldMessage)
        m_fieldMessage->deleteLater();
    m_field.clear();
    m_fieldMessage.clear();
}

// Says beside the field what it takes; the text stays, to be put right.
void FactorsTrack::refuseTyped(QLineEdit& field) {
    QLabel* message = m_fieldMessage.data();
    if (!message) {
        message = new QLabel(this);
        message->setObjectName(QStringLiteral("factorFieldMessage"));
        message->setAutoFillBackground(true);
        message->setMargin(spacingUnit / 2);
        Theme::setRole(*message, QStringLiteral("warning"));
        m_fieldMessage = message;
    }
    message->setText(tr("A factor is a number above 0, such as %1").arg(QLocale().toString(2.5)));
    message->adjustSize();
    const QRect place = field.geometry();
    const bool below = place.bottom() + message->height() < height();
    message->move(std::clamp(place.left(), 0, std::max(width() - message->width(), 0)),
                  below ? place.bottom() + 1 : place.top() - message->height() - 1);
    message->show();
    field.selectAll();
}

void FactorsTrack::change(const QString& what, int gesture, const std::function<Factors(const Factors&)>& edit) {
    const SetId id = editor().editableCurrent(gesture);
    if (const FactorSetEntry* entry = bench().sets().find(id))
        editor().setFactors(id, edit(entry->set.factors), what, gesture);
}

void FactorsTrack::typed() {
    bool readable = false;
    const double value = QLocale().toDouble(m_field->text().trimmed(), &readable);
    if (!readable || !(value > 0) || !std::isfinite(value)) {
        refuseTyped(*m_field);
        return;
    }
    closeField();
    change(tr("Set %1").arg(segmentText(m_fieldPair, m_fieldPair + 1)), editor().newGesture(),
           [&](const Factors& factors) { return withFactor(factors, m_fieldPair, value, bench().sets().locks()); });
    setFocus();
}

void FactorsTrack::stepSelected(bool up, bool fine, bool repeats) {
    const auto pair = bench().selection().pair();
    if (!pair)
        return;
    if (!repeats)
        m_keyGesture = editor().newGesture();
    const Segment segment = bench().selection().segment().value_or(Segment{*pair, *pair + 1});
    change(tr("Change %1").arg(segmentText(segment.first, segment.end)), m_keyGesture, [&](const Factors& factors) {
        return scaled(factors, segment, stepRatio(up, fine), bench().sets().locks());
    });
}

void FactorsTrack::keyPressEvent(QKeyEvent* event) {
    const bool fine = event->modifiers().testFlag(Qt::ControlModifier);
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        stepSelected(event->key() == Qt::Key_Up, fine, event->isAutoRepeat());
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        editSelectedPair();
    else
        Track::keyPressEvent(event);
}

void FactorsTrack::contextMenuEvent(QContextMenuEvent* event) {
    if (axis().pairs() == 0 || !bench().currentSet())
        return;
    const int pair = axis().nearestPair(event->pos().x());
    const Segment segment = bench().selection().segment().value_or(Segment{pair, pair + 1});
    const Locks locks = bench().sets().locks();
    QMenu menu(this);
    menu.addAction(tr("Type a factor…"), this, [this, pair] {
        bench().selection().setPair(pair);
        editSelectedPair();
    });
    menu.addAction(tr("Smooth %1").arg(segmentText(segment.first, segment.end)), this, [=, this] {
        change(tr("Smooth %1").arg(segmentText(segment.first, segment.end)), editor().newGesture(),
               [&](const Factors& factors) { return smoothed(factors, segment, locks); });
    });
    for (const double ratio : {1.1, 1 / 1.1})
        menu.addAction(tr("Scale %1 by %2").arg(segmentText(segment.first, segment.end), factorText(ratio)), this,
                       [=, this] {
                           change(tr("Scale %1").arg(segmentText(segment.first, segment.end)), editor().newGesture(),
                                  [&](const Factors& factors) { return scaled(factors, segment, ratio, locks); });
                       });
    menu.addSeparator();
    const bool locked = bench().sets().locked(segment.first);
    menu.addAction(locked ? tr("Unlock %1").arg(segmentText(segment.first, segment.end))
                          : tr("Lock %1").arg(segmentText(segment.first, segment.end)),
                   this, [=, this] { editor().setLocked(segment, !locked, axis().pairs()); });
    menu.exec(event->globalPos());
}

} // namespace ropescope
