// A signed quantity per rotary pair as bars about zero: sensitivity in either unit.
#pragma once

#include <vector>

#include "engine/rope/segment.h"
#include "views/charts/chart_widget.h"
#include "views/charts/plot_frame.h"

namespace ropescope {

// GUI thread only.
class PairBars : public ChartWidget {
    Q_OBJECT

public:
    PairBars(const QString& objectName, const QString& accessibleName, const Theme& theme, QWidget* parent = nullptr);

    // One value a pair; NaN leaves a gap. `yTitle` names the quantity with its unit.
    void setValues(std::vector<double> values, const QString& yTitle);
    // The segments that a landscape scales, lit behind the bars.
    void setSegments(std::vector<Segment> segments);
    [[nodiscard]] const std::vector<double>& values() const { return m_values; }
    // -1 outside the plot.
    [[nodiscard]] int pairAt(const QPointF& position) const;

    void paintPicture(QPainter& painter) override;
    [[nodiscard]] QSize sizeHint() const override { return {360, 160}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 100}; }

Q_SIGNALS:
    void pairClicked(int pair);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] PlotFrame frame() const;

    const Theme& m_theme;
    std::vector<double> m_values;
    std::vector<Segment> m_segments;
    QString m_yTitle;
};

} // namespace ropescope
