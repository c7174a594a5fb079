// Tracks over one shared axis: stacked, resized by the gap below them, hidden, and moved by their title.
#pragma once

#include <vector>

#include <QWidget>

#include "views/tracks/axis_header.h"
#include "views/tracks/track.h"

namespace ropescope {

// Owns its tracks (as child widgets). Heights scale down to fit the widget; below their least heights the stack asks
// for more room, so put it into a scroll area.
class TrackStack : public QWidget {
    Q_OBJECT

public:
    explicit TrackStack(const TrackContext& context, QWidget* parent = nullptr);

    // Appends; tracks appear in the order of adding until a saved state says otherwise.
    void addTrack(Track* track);
    [[nodiscard]] const std::vector<Track*>& tracks() const { return m_tracks; }
    void setTrackVisible(Track* track, bool visible);
    [[nodiscard]] bool isTrackVisible(const Track* track) const;
    void moveTrack(Track* track, int place);

    // Order, heights and visibility by track key; tracks that a state does not name keep what they have.
    [[nodiscard]] QByteArray saveState() const;
    void restoreState(const QByteArray& state);

    [[nodiscard]] const PairAxis& axis() const { return m_axis; }
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void layoutChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    struct Place {
        int height = 0; // as the person wants it
        bool visible = true;
    };

    [[nodiscard]] std::size_t indexOf(const Track* track) const;
    // The visible track whose lower gap is at y, or null.
    [[nodiscard]] Track* gapAt(int y) const;
    [[nodiscard]] Track* trackAt(int y) const;
    void arrange();

    TrackContext m_context;
    AxisHeader* m_header;
    PairAxis m_axis;
    std::vector<Track*> m_tracks;
    std::vector<Place> m_places; // beside m_tracks
    Track* m_resized = nullptr;
    Track* m_moved = nullptr;
    int m_pressY = 0;
    int m_pressHeight = 0;
};

} // namespace ropescope
