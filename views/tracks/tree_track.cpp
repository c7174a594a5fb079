#include "views/tracks/tree_track.h"

#include <algorithm>
#include <cmath>

#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include "views/models/search_tree_layout.h"
#include "views/models/value_text.h"

namespace ropescope {

TreeTrack::TreeTrack(const TrackContext& context, QWidget* parent)
    : Track(QStringLiteral("tree"), tr("search tree"), context, parent) {
    connect(&bench().search(), &SearchModel::changed, this, &TreeTrack::invalidate);
    connect(&bench().selection(), &Selection::decisionChanged, this, qOverload<>(&QWidget::update));
}

QRectF TreeTrack::cellRect(const TreeSegment& cell, std::size_t level) const {
    const QRectF area = plot();
    const double rowHeight = area.height() / static_cast<double>(bench().search().snapshot().tree.levels.size());
    const double left = std::round(axis().edge(cell.segment.first));
    const double right = std::round(axis().edge(cell.segment.end));
    const double gap = rowHeight > 12 ? 2 : 1;
    return {left + 0.5, std::round(area.top() + static_cast<double>(level) * rowHeight) + 0.5, right - left - 1,
            std::floor(rowHeight - gap)};
}

const TreeSegment* TreeTrack::cellAt(const QPointF& at) const {
    const SearchTree& tree = bench().search().snapshot().tree;
    const QRectF area = plot();
    const auto pair = axis().pairAt(at.x());
    if (!pair || tree.levels.empty() || at.y() < area.top() || at.y() >= area.bottom())
        return nullptr;
    const double row = (at.y() - area.top()) / area.height() * static_cast<double>(tree.levels.size());
    return treeSegmentAt(tree, static_cast<std::size_t>(row), *pair);
}

QColor TreeTrack::colourOf(const TreeSegment& cell) const {
    const double largest = largestGain(bench().search().snapshot().tree);
    if (!cell.gain || largest <= 0)
        return theme().colours().neutral;
    // The square root spreads the many small gains of the late levels; blue for gains, brown for losses.
    const double strength = std::copysign(std::sqrt(std::abs(*cell.gain) / largest), *cell.gain);
    return QColor::fromRgb(theme().diverging().at(0.5 - 0.42 * strength));
}

void TreeTrack::paintCell(QPainter& painter, const TreeSegment& cell, std::size_t level) const {
    const QRectF box = cellRect(cell, level);
    if (cell.state == SegmentState::pending || cell.state == SegmentState::live) {
        painter.setPen(QPen(theme().colours().structure, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box);
        return;
    }
    if (cell.increment) {
        painter.fillRect(box, colourOf(cell));
    } else {
        painter.fillRect(box, theme().colours().structure);
        painter.fillRect(box, QBrush(theme().colours().quietText,
                                     cell.state == SegmentState::skipped ? Qt::BDiagPattern : Qt::DiagCrossPattern));
    }
    if (cell.edited)
        painter.fillRect(QRectF(box.left(), box.top(), std::min(box.width(), 4.0), box.height()),
                         theme().set(3)); // the colour of what was made by hand
    const QString text = cell.increment ? signedText(*cell.increment, 2) : QString();
    const QFontMetricsF metrics(theme().labelFont());
    if (text.isEmpty() || metrics.horizontalAdvance(text) + 6 > box.width() || metrics.height() > box.height())
        return;
    painter.setFont(theme().labelFont());
    painter.setPen(Theme::textOn(colourOf(cell)));
    painter.drawText(box, Qt::AlignCenter, text);
}

void TreeTrack::paintData(QPainter& painter, const QRectF& plot, int first, int end) {
    Q_UNUSED(plot)
    Q_UNUSED(first)
    Q_UNUSED(end)
    painter.setRenderHint(QPainter::Antialiasing, false);
    const SearchTree& tree = bench().search().snapshot().tree;
    if (treePairs(tree) != axis().pairs())
        return;
    for (std::size_t level = 0; level < tree.levels.size(); ++level)
        for (const TreeSegment& cell : tree.levels[level])
            paintCell(painter, cell, level);
}

void TreeTrack::paintMarks(QPainter& painter, const QRectF& plot) {
    const SearchTree& tree = bench().search().snapshot().tree;
    if (treePairs(tree) != axis().pairs() || tree.levels.empty()) {
        paintNote(painter, plot, tr("No search yet. Press Space for the first step."));
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    for (std::size_t level = 0; level < tree.levels.size(); ++level)
        for (const TreeSegment& cell : tree.levels[level]) {
            const bool selected = cell.decision && cell.decision == bench().selection().decision();
            if (cell.state != SegmentState::live && !selected)
                continue;
            painter.setPen(QPen(cell.state == SegmentState::live ? theme().set(3) : theme().colours().text, 2));
            painter.drawRect(cellRect(cell, level).adjusted(0.5, 0.5, -0.5, -0.5));
        }
}

void TreeTrack::paintGutter(QPainter& painter, const QRectF& plot) {
    const SearchTree& tree = bench().search().snapshot().tree;
    if (tree.levels.empty() || treePairs(tree) != axis().pairs())
        return;
    const double rowHeight = plot.height() / static_cast<double>(tree.levels.size());
    for (std::size_t level = 0; level < tree.levels.size(); ++level)
        if (rowHeight >= 12)
            paintTick(painter, plot.top() + (static_cast<double>(level) + 0.5) * rowHeight, QString::number(level + 1));
}

QString TreeTrack::toolTipAt(std::optional<int> pair) const {
    Q_UNUSED(pair)
    QString text =
        tr("<b>Search tree</b>: each level halves the segments of the one above; the number is the increment that "
           "won, the colour how far perplexity fell (blue) or rose (brown).");
    const TreeSegment* cell = cellAt(mapFromGlobal(QCursor::pos()));
    if (!cell)
        return text;
    text += QStringLiteral("<br>") + segmentText(cell->segment.first, cell->segment.end);
    if (cell->increment)
        text += tr(": %1").arg(signedText(*cell->increment, 2));
    if (cell->gain)
        text += tr(", perplexity %1").arg(signedText(-*cell->gain, 4));
    if (decidedNothing(*cell))
        text += tr(": no candidate was valid");
    if (cell->state == SegmentState::skipped)
        text += tr(": skipped by hand");
    if (cell->state == SegmentState::locked)
        text += tr(": locked");
    return text;
}

bool TreeTrack::pressed(QMouseEvent& event) {
    const TreeSegment* cell = cellAt(event.position());
    if (!cell)
        return false;
    bench().selection().setSegment(cell->segment);
    bench().selection().setDecision(cell->decision);
    return true;
}

void TreeTrack::mouseDoubleClickEvent(QMouseEvent* event) {
    if (const TreeSegment* cell = cellAt(event->position()); cell && cell->decision)
        Q_EMIT goBackRequested(*cell->decision);
}

void TreeTrack::contextMenuEvent(QContextMenuEvent* event) {
    const TreeSegment* cell = cellAt(event->pos());
    if (!cell || !cell->decision)
        return;
    const int decision = *cell->decision;
    QMenu menu(this);
    menu.addAction(tr("Go back to here"), this, [this, decision] { Q_EMIT goBackRequested(decision); });
    menu.addAction(tr("Branch from here"), this, [this, decision] { Q_EMIT branchRequested(decision); });
    menu.exec(event->globalPos());
}

} // namespace ropescope
