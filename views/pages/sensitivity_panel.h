// How much the NLL answers to each pair of the current set, per relative change or per radian.
#pragma once

#include <vector>

#include "engine/rope/segment.h"
#include "views/charts/chart_panel.h"
#include "views/models/bench.h"

namespace ropescope {

class PairBars;

class SensitivityPanel : public ChartPanel {
    Q_OBJECT

public:
    // Both must outlive the panel.
    SensitivityPanel(Bench& bench, const Theme& theme);

    // Segments that are being asked about; drawn behind the bars.
    void setSegments(std::vector<Segment> segments);

Q_SIGNALS:
    void measureRequested();

private:
    SensitivityPanel(Bench& bench, const Theme& theme, PairBars* bars);
    [[nodiscard]] QWidget* buildUnits();
    void follow();

    Bench& m_bench;
    PairBars* m_bars;
    bool m_perRadian = false; // unit
};

} // namespace ropescope
