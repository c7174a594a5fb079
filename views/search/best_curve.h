// The best perplexity so far, over evaluations or seconds, with the start as a line and other branches beside it.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/theme.h"

class QLabel;

namespace ropescope {

class CurveChart;
struct ChartCurve;

class BestCurve : public QWidget {
    Q_OBJECT

public:
    BestCurve(Bench& bench, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {300, 160}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 100}; }

    enum class Over { evaluations, seconds };
    void setOver(Over over);

private:
    void follow();
    [[nodiscard]] std::vector<ChartCurve> startLevel(double lastX) const;
    void addBranches(std::vector<ChartCurve>& curves) const;

    Bench& m_bench;
    const Theme& m_theme;
    Over m_over = Over::evaluations;
    CurveChart* m_chart;
    QLabel* m_empty; // in its place while nothing is scored
};

} // namespace ropescope
