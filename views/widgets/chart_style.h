// One look for all Qt Charts: no frame, no legend, hairline grid, quiet labels, tabular figures.
#pragma once

#include <QString>

#include "views/models/curve.h"
#include "views/widgets/theme.h"

class QChart;
class QChartView;
class QLineSeries;
class QValueAxis;

namespace ropescope {

// A chart without decoration in a view that has its background; animations off. Call styleChart again whenever the
// theme changes.
[[nodiscard]] QChartView* newChartView(const QString& objectName, const QString& accessibleName, QWidget* parent);
void styleChart(QChart& chart, const Theme& theme);

// Round ticks for a range of values, and the label format that tells neighbours apart.
void fitAxis(QValueAxis& axis, const ValueRange& range, int mostTicks);

// Replaces all points at once, reduced to what `widthPixels` can show.
void showCurve(QLineSeries& series, const std::vector<CurvePoint>& points, int widthPixels);

} // namespace ropescope
