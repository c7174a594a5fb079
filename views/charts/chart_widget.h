// A chart that can be painted anywhere: on the screen, into a PNG, into an SVG.
#pragma once

#include <QWidget>

class QPainter;

namespace ropescope {

class ChartWidget : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    // The whole widget as it looks now, in its own coordinates.
    virtual void paintPicture(QPainter& painter) = 0;
};

// Writes PNG (twice the screen's size) or SVG, by the path's ending, on `ground`. False when the file can't be written.
[[nodiscard]] bool saveChart(ChartWidget& chart, const QString& path, const QColor& ground);

} // namespace ropescope
