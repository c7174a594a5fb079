// The four charts of a training run: loss, learning rate, gradient norm, perplexity of the checkpoints.
#pragma once

#include <optional>

#include <QWidget>

#include "views/charts/curve_chart.h"
#include "views/models/training_model.h"
#include "views/widgets/theme.h"

namespace ropescope {

class ChartPanel;

// Follows its model. Where there is nothing to draw each chart says what would be there. GUI thread only.
class TrainingCharts : public QWidget {
    Q_OBJECT

public:
    TrainingCharts(TrainingModel& model, const Theme& theme, QWidget* parent = nullptr);

    // What stands in the way of a run (empty: nothing), and what would begin it.
    void setInvitation(const QString& obstacle, const QString& button);

Q_SIGNALS:
    void startRequested();
    void measureRequested();
    // A picture could not be written.
    void failed(const QString& message);

private:
    void follow();
    void followLoss();
    void followRate();
    void showRate(ChartCurve curve, std::optional<ValueRange> steps);
    void followNorm();
    [[nodiscard]] ChartCurve stepCurve(TrainingQuantity quantity) const;
    void followProbes();
    void showState(ChartPanel& panel, const QString& question, bool withButton);
    [[nodiscard]] CurveChart::Axes stepAxes(const QString& yTitle) const;
    [[nodiscard]] ValueRange stepRange() const;
    [[nodiscard]] QString tip(double step) const;

    TrainingModel& m_model;
    QString m_obstacle;
    QString m_button;
    CurveChart* m_loss;
    CurveChart* m_rate;
    CurveChart* m_norm;
    CurveChart* m_perplexity;
    ChartPanel* m_lossPanel;
    ChartPanel* m_ratePanel;
    ChartPanel* m_normPanel;
    ChartPanel* m_perplexityPanel;
};

} // namespace ropescope
