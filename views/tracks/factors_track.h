// The factors of all visible sets on a log axis, the current set with handles to shape it by hand.
#pragma once

#include <functional>

#include <QPointer>

#include "views/models/factor_plot.h"
#include "views/tracks/track.h"

class QLabel;
class QLineEdit;

namespace ropescope {

// Drag a handle, or the whole selected segment by any of its handles; Shift slows to a tenth; Alt (or paint mode)
// paints smoothly over neighbours; a double click types a value; Up and Down change by 1 %, with Ctrl by 0.1 %. The row
// at the foot locks pairs.
class AttentionField;

class FactorsTrack : public Track {
    Q_OBJECT

public:
    explicit FactorsTrack(const TrackContext& context, QWidget* parent = nullptr);

    [[nodiscard]] int usualHeight() const override { return 260; }
    [[nodiscard]] int leastHeight() const override { return 120; }
    bool eventFilter(QObject* watched, QEvent* event) override;

    // Strokes paint without Alt being held, for desktops that keep Alt for themselves.
    void setPaintMode(bool on) { m_paintMode = on; }
    [[nodiscard]] bool paintMode() const { return m_paintMode; }
    // Opens the field that types the selected pair's factor.
    void editSelectedPair();

protected:
    void paintData(QPainter& painter, const QRectF& plot, int first, int end) override;
    void paintMarks(QPainter& painter, const QRectF& plot) override;
    void paintGutter(QPainter& painter, const QRectF& plot) override;
    [[nodiscard]] QString emptyText() const override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;
    bool pressed(QMouseEvent& event) override;
    void dragged(QMouseEvent& event) override;
    void released(QMouseEvent& event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    // A drag under way: the factors it began with, and where.
    struct Drag {
        int pair = 0;
        int gesture = 0;
        double startY = 0;
        bool moved = false;
        Factors start;
        Locks locks;
    };

    [[nodiscard]] FactorPlot factorPlot() const;
    [[nodiscard]] QRectF curves(const QRectF& plot) const;
    [[nodiscard]] QRectF lockRow(const QRectF& plot) const;
    void fitRange();
    void paintSet(QPainter& painter, const FactorSetEntry& entry, bool current) const;
    void paintLocks(QPainter& painter, const QRectF& plot) const;
    void paintDragLabel(QPainter& painter, const QRectF& plot) const;
    void paintTurnLabels(QPainter& painter, const QRectF& plot) const;
    [[nodiscard]] QString dragLabel() const;
    void moveTo(const QMouseEvent& event);
    void stepSelected(bool up, bool fine, bool repeats);
    void typed();
    void refuseTyped(QLineEdit& field);
    void closeField();
    // One edit of the current set, or of its copy.
    void change(const QString& what, int gesture, const std::function<Factors(const Factors&)>& edit);

    LogRange m_range;
    std::optional<Drag> m_drag;
    std::optional<int> m_hovered;
    QPointer<QLineEdit> m_field;
    QPointer<QLabel> m_fieldMessage; // why what was typed is no factor
    AttentionField* m_attention;
    int m_fieldPair = 0;
    int m_keyGesture = 0;
    bool m_paintMode = false;
};

} // namespace ropescope
