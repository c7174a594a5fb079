// The head of the track stack: pair numbers and wavelengths. Dragging over it selects a segment.
#pragma once

#include "views/tracks/track.h"

namespace ropescope {

class AxisHeader : public Track {
    Q_OBJECT

public:
    explicit AxisHeader(const TrackContext& context, QWidget* parent = nullptr);
    [[nodiscard]] int usualHeight() const override { return 40; }

protected:
    void paintData(QPainter& painter, const QRectF& plot, int first, int end) override;
    void paintGutter(QPainter& painter, const QRectF& plot) override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;
};

} // namespace ropescope
