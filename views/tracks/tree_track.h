// The divide-and-conquer search as an icicle: a level a row, a segment a cell.
#pragma once

#include "engine/search/method.h"
#include "views/tracks/track.h"

namespace ropescope {

// Cells are coloured by gain, with the winner's increment where it fits; the live cell is outlined, edited and skipped
// ones are marked. A click inspects, a double click asks to go back there, the context menu to branch.
class TreeTrack : public Track {
    Q_OBJECT

public:
    explicit TreeTrack(const TrackContext& context, QWidget* parent = nullptr);

    [[nodiscard]] int usualHeight() const override { return 190; }
    [[nodiscard]] int leastHeight() const override { return 72; }

Q_SIGNALS:
    // Show the state right after this decision (index into the decisions).
    void goBackRequested(int decision);
    void branchRequested(int decision);

protected:
    void paintData(QPainter& painter, const QRectF& plot, int first, int end) override;
    void paintMarks(QPainter& painter, const QRectF& plot) override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;
    bool pressed(QMouseEvent& event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintGutter(QPainter& painter, const QRectF& plot) override;

private:
    [[nodiscard]] QRectF cellRect(const TreeSegment& cell, std::size_t level) const;
    [[nodiscard]] const TreeSegment* cellAt(const QPointF& at) const;
    void paintCell(QPainter& painter, const TreeSegment& cell, std::size_t level) const;
    [[nodiscard]] QColor colourOf(const TreeSegment& cell) const;
};

} // namespace ropescope
