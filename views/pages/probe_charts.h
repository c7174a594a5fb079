// What the charts of the probes draw. Pure values.
#pragma once

#include <vector>

#include <QCoreApplication>

#include "views/charts/curve_chart.h"
#include "views/charts/heat_map.h"
#include "views/models/factor_set_store.h"
#include "views/models/probe_model.h"

namespace ropescope {

// Of visible sets that were measured; the curve of `current` is the strong one.
class ProbeCharts {
    Q_DECLARE_TR_FUNCTIONS(ropescope::ProbeCharts)

public:
    [[nodiscard]] static std::vector<ChartCurve> lengths(const FactorSetStore& sets, SetId current);
    [[nodiscard]] static CurveChart::Axes lengthAxes();
    [[nodiscard]] static std::vector<ChartCurve> positions(const FactorSetStore& sets, const ProbeModel& probes,
                                                           SetId current);
    [[nodiscard]] static CurveChart::Axes positionAxes();
    // To the reference.
    [[nodiscard]] static std::vector<ChartCurve> differences(const FactorSetStore& sets, const ProbeModel& probes,
                                                             SetId current);
    [[nodiscard]] static CurveChart::Axes differenceAxes();
    // Lengths across, depths upwards.
    [[nodiscard]] static HeatData passkeys(const std::vector<PasskeyResult>& cells);
};

} // namespace ropescope
