// The strip above the tracks: target length, bins, DPRoPE's threshold, what the angle track shows, drag or paint.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/theme.h"

class QDoubleSpinBox;
class QLabel;
class QSlider;
class QSpinBox;

namespace ropescope {

class AngleTrack;
class FactorsTrack;

class AngleControls : public QWidget {
    Q_OBJECT

public:
    // Bench and tracks must outlive the strip.
    AngleControls(Bench& bench, AngleTrack& angles, FactorsTrack& factors, QWidget* parent = nullptr);

private:
    void addTarget();
    void addBins();
    void addThreshold();
    void addAngleView(AngleTrack& angles);
    void addPaintMode(FactorsTrack& factors);
    void follow();

    Bench& m_bench;
    QSlider* m_target;
    QSpinBox* m_targetField;
    QSlider* m_bins;
    QLabel* m_binsLabel;
    QSlider* m_threshold;
    QLabel* m_thresholdLabel;
};

} // namespace ropescope
