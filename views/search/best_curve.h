// The best perplexity so far, over evaluations or seconds, with measured sets as lines and other branches beside it.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/theme.h"

class QChartView;
class QLineSeries;
class QValueAxis;

namespace ropescope {

class BestCurve : public QWidget {
    Q_OBJECT

public:
    BestCurve(Bench& bench, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {300, 160}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 120}; }

    enum class Over { evaluations, seconds };
    void setOver(Over over);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void follow();
    void followReferences(double lastX, std::vector<double>& values);
    void followBranches(double& lastX, std::vector<double>& values);
    QLineSeries* addLine(const QPen& pen);

    Bench& m_bench;
    const Theme& m_theme;
    Over m_over = Over::evaluations;
    QChartView* m_view;
    QLineSeries* m_best;
    QLineSeries* m_later; // what an earlier state has not seen yet
    QValueAxis* m_x;
    QValueAxis* m_y;
    std::vector<QLineSeries*> m_lines; // measured sets and other branches
};

} // namespace ropescope
