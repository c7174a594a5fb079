// The look of all charts with two axes: where the plot lies, hairlines where values are read, quiet labels, line names
// at their ends instead of legends.
#pragma once

#include <vector>

#include <QMarginsF>
#include <QRectF>
#include <QString>

#include "views/models/curve.h"
#include "views/widgets/theme.h"

class QPainter;

namespace ropescope {

enum class AxisScale { linear, logarithmic };

// One axis: its range and the round values that are written at it. On a logarithmic axis
// counts and factors have powers of two where they fit, other quantities steps of 1, 2, 5.
struct PlotAxis {
    ValueRange range;
    AxisScale scale = AxisScale::linear;
    QString title;
    bool counts = false;  // whole numbers, grouped by thousands
    bool factors = false; // written with "× "

    // 0 at low, 1 at high, and back.
    [[nodiscard]] double share(double value) const;
    [[nodiscard]] double value(double share) const;
    [[nodiscard]] std::vector<double> ticks(int most) const;
    [[nodiscard]] QString label(double tick, const std::vector<double>& ticks) const;
};

// Both axes of a chart and the plot between them. A value; cheap to make for every painting.
struct PlotFrame {
    PlotAxis x;
    PlotAxis y;
    QRectF plot;

    // Leaves room for the labels: at the left for y, below for x, and `right` pixels for names of lines.
    [[nodiscard]] static PlotFrame fitted(const PlotAxis& x, const PlotAxis& y, const QSizeF& size, double right,
                                          const Theme& theme);
    [[nodiscard]] QPointF at(double xValue, double yValue) const;
    // Hairlines at the ticks of y; behind the data.
    void paintGrid(QPainter& painter, const Theme& theme) const;
    // Numbers at both axes and the titles; over the data.
    void paintLabels(QPainter& painter, const Theme& theme) const;
};

// A name beside the end of a line.
struct EndLabel {
    QString text;
    QColor colour;
    double y = 0; // where the line ends
};
// Writes the names at the right of the plot, moved apart where they would lie over each other.
void paintEndLabels(QPainter& painter, const Theme& theme, const QRectF& plot, std::vector<EndLabel> labels);

} // namespace ropescope
