// One row of the genome-browser page: a quantity per rotary pair over the axis that all tracks share.
#pragma once

#include <optional>

#include <QPixmap>
#include <QWidget>

#include "views/models/bench.h"
#include "views/models/pair_axis.h"
#include "views/widgets/factor_set_editor.h"
#include "views/widgets/theme.h"

namespace ropescope {

// What every track looks at. All must outlive the tracks.
struct TrackContext {
    Bench& bench;
    FactorSetEditor& editor;
    Theme& theme;
};

// Paints in layers: the selected column, the data (kept in a pixmap until invalidate), marks over it, and the gutter
// with title and ticks. Subclasses paint data and marks; selection by click and arrow keys is common to all.
// A subclass is one quantity; anything that two of them need belongs here.
class Track : public QWidget {
    Q_OBJECT

public:
    // `key` names the track in settings and tests (also the object name, with "Track" appended).
    Track(const QString& key, const QString& title, const TrackContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QString key() const { return m_key; }
    [[nodiscard]] QString title() const { return m_title; }
    // Height at first and the least that can be dragged to, in pixels.
    [[nodiscard]] virtual int usualHeight() const = 0;
    [[nodiscard]] virtual int leastHeight() const { return 48; }
    // Set by the stack; columns lie at the same x in every track.
    void setAxis(const PairAxis& axis);
    [[nodiscard]] const PairAxis& axis() const { return m_axis; }

protected:
    // Rectangle of the data: the axis' width, the track's height less a margin.
    [[nodiscard]] QRectF plot() const;
    // The data of pairs first .. end-1 on transparent ground; the painter is clipped to their columns.
    virtual void paintData(QPainter& painter, const QRectF& plot, int first, int end) = 0;
    // What changes with pointer and selection: handles, labels, outlines. Painted every time.
    virtual void paintMarks(QPainter& painter, const QRectF& plot);
    // Ticks and anything else left of the data. The title is painted already.
    virtual void paintGutter(QPainter& painter, const QRectF& plot);
    // What to say instead of data; empty when there is data.
    [[nodiscard]] virtual QString emptyText() const { return {}; }
    // Formula and definition, for the tooltip; with the pair's value where there is one.
    [[nodiscard]] virtual QString toolTipAt(std::optional<int> pair) const = 0;
    // A press inside the data. True when the track deals with the whole drag itself.
    virtual bool pressed(QMouseEvent& event);
    virtual void dragged(QMouseEvent& event);
    virtual void released(QMouseEvent& event);

    // The data differ: everywhere, or in one column.
    void invalidate();
    void invalidatePair(int pair);

    // Right-aligned beside the data at height y, moved to stay inside the track.
    void paintTick(QPainter& painter, double y, const QString& text) const;
    // A line of help under the title.
    void paintSubtitle(QPainter& painter, const QString& text) const;

    // What to do here, in the middle of the plot, on a ground of its own so that no line crosses it.
    void paintNote(QPainter& painter, const QRectF& area, const QString& text) const;

    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

    [[nodiscard]] Bench& bench() const { return m_context.bench; }
    [[nodiscard]] const Theme& theme() const { return m_context.theme; }
    [[nodiscard]] FactorSetEditor& editor() const { return m_context.editor; }

private:
    void paintLayerOfData(const QRectF& plot);
    void selectAt(double x, bool extend);

    TrackContext m_context;
    QString m_key;
    QString m_title;
    PairAxis m_axis;
    QPixmap m_data;
    bool m_stale = true;
    std::vector<int> m_stalePairs;
    bool m_dragOwned = false;
    bool m_selecting = false;
    int m_selectionStart = 0;
};

// Lights the selected pair and segment over a height: shared by tracks, axis header and the gaps between tracks.
void paintSelectedColumn(QPainter& painter, const PairAxis& axis, const Selection& selection, const Theme& theme,
                         double top, double height);
// Lines where one turn equals trained and target length.
void paintTurnLines(QPainter& painter, const PairAxis& axis, const Setup& setup, const Theme& theme, double top,
                    double height);

} // namespace ropescope
