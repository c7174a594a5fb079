// The strip above the tracks: target length, bins, DPRoPE's threshold, what the angle track shows, drag or paint.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/theme.h"

class QBoxLayout;
class QHBoxLayout;
class QLabel;
class QSlider;
class QSpinBox;

namespace ropescope {

class AngleTrack;
class FactorsTrack;

// One row, or two where one would squeeze the sliders.
class AngleControls : public QWidget {
    Q_OBJECT

public:
    // Bench and tracks must outlive the strip.
    AngleControls(Bench& bench, AngleTrack& angles, FactorsTrack& factors, QWidget* parent = nullptr);

    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] QHBoxLayout* addRow();
    void addTarget();
    void addBins();
    void addThreshold();
    void addAngleView(AngleTrack& angles);
    void addPaintMode(FactorsTrack& factors);
    void follow();

    Bench& m_bench;
    QBoxLayout* m_rows;
    QHBoxLayout* m_values;
    QHBoxLayout* m_buttons;
    QSlider* m_target;
    QSpinBox* m_targetField;
    QSlider* m_bins;
    QLabel* m_binsLabel;
    QSlider* m_threshold;
    QLabel* m_thresholdLabel;
};

} // namespace ropescope
