// Which angles each pair visits, as a heat map: trained, target, or their difference.
#pragma once

#include "views/models/angle_heat.h"
#include "views/tracks/track.h"

namespace ropescope {

// Angle 0 at the foot, 2 pi at the top; density 1 where a pair visits all angles evenly. Differences are symmetric
// about the colour of the ground.
class AngleTrack : public Track {
    Q_OBJECT

public:
    explicit AngleTrack(const TrackContext& context, QWidget* parent = nullptr);

    [[nodiscard]] int usualHeight() const override { return 200; }
    [[nodiscard]] int leastHeight() const override { return 96; }
    [[nodiscard]] AngleView view() const { return m_view; }
    void setView(AngleView view);

Q_SIGNALS:
    void viewChanged();

protected:
    void paintData(QPainter& painter, const QRectF& plot, int first, int end) override;
    void paintGutter(QPainter& painter, const QRectF& plot) override;
    [[nodiscard]] QString emptyText() const override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;

private:
    [[nodiscard]] const ColourMap& map() const;
    void paintColourBar(QPainter& painter, const QRectF& plot) const;

    AngleView m_view = AngleView::difference;
};

} // namespace ropescope
