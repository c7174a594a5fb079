// What the charts of a landscape draw, and how a point of it is said. Pure values.
#pragma once

#include <QCoreApplication>
#include <QString>

#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/models/landscape_model.h"

namespace ropescope {

class LandscapeCharts {
    Q_DECLARE_TR_FUNCTIONS(ropescope::LandscapeCharts)

public:
    // "pairs 16-19 x 0.52: NLL 2.538, perplexity 12.66".
    [[nodiscard]] static QString sampleText(const LandscapePlan& plan, const LandscapeSample& sample);
    // Of a landscape over one segment, with samples.
    [[nodiscard]] static ChartCurve curve(const LandscapeModel& model, int colour);
    [[nodiscard]] static CurveChart::Axes axes(const LandscapePlan& plan);
    // Of a landscape over two segments, with samples.
    [[nodiscard]] static HeatData map(const LandscapeModel& model);
};

} // namespace ropescope
