// Curves with bands, dots and names at their ends: perplexity over length, NLL over position, landscapes of a segment.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "views/charts/chart_widget.h"
#include "views/charts/plot_frame.h"

class QAreaSeries;
class QChart;
class QChartView;
class QLineSeries;
class QValueAxis;

namespace ropescope {

// One line. Points that are not finite are marked at the top of the plot instead.
struct ChartCurve {
    // In the colour of a set; or grey: of nobody's, or of what is only hinted at.
    enum class Tone { set, neutral, faint };
    QString name;   // at the end of the line; empty for none
    int colour = 0; // index for Theme::set
    Tone tone = Tone::set;
    std::vector<CurvePoint> points; // x rising
    std::vector<double> low, high;  // of a band about the line: as many as points, or none
    std::vector<QString> tips;      // what the pointer reads at each point; or none
    bool dots = true;               // a mark at every point
    bool strong = false;            // the current set: a wider line, over the others
};

// A value of x or y that is drawn as a line through the plot, with a word.
struct ChartMark {
    Qt::Orientation orientation = Qt::Vertical; // vertical: at a value of x
    double value = 0;
    QString text;
};

// Qt Charts draws the lines; axes and words are those of PlotFrame. GUI thread only.
class CurveChart : public ChartWidget {
    Q_OBJECT

public:
    CurveChart(const QString& objectName, const QString& accessibleName, const Theme& theme, QWidget* parent = nullptr);
    ~CurveChart() override;

    // Titles and scales; the range of x where it is not that of the curves, and a value that y always holds.
    struct Axes {
        QString xTitle;
        QString yTitle;
        AxisScale xScale = AxisScale::linear;
        AxisScale yScale = AxisScale::linear; // logarithmic: values that are not above 0 are left out
        bool xCounts = false;
        bool xFactors = false;
        std::optional<ValueRange> xRange = {};
        std::optional<double> yHolds = {};
    };
    void setAxes(const Axes& axes);
    void setCurves(std::vector<ChartCurve> curves);
    void setMarks(std::vector<ChartMark> marks);
    // A ring about one point, such as the lowest.
    void setRing(std::optional<CurvePoint> point);

    [[nodiscard]] const std::vector<ChartCurve>& curves() const { return m_curves; }
    [[nodiscard]] const PlotFrame& frame() const { return m_frame; }
    // What the pointer reads there; empty away from all points.
    [[nodiscard]] QString tipAt(const QPointF& position) const;

    void paintPicture(QPainter& painter) override;
    [[nodiscard]] QSize sizeHint() const override { return {360, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 110}; }

Q_SIGNALS:
    // Inside the plot, as shares 0 .. 1 of the axes.
    void plotClicked(double xShare, double yShare);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    class View;
    struct Line {
        QLineSeries* line = nullptr;
        QLineSeries* low = nullptr;
        QLineSeries* high = nullptr;
        QAreaSeries* band = nullptr;
    };
    void follow();
    [[nodiscard]] PlotAxis xAxis() const;
    [[nodiscard]] PlotAxis yAxis() const;
    [[nodiscard]] double endLabelWidth() const;
    void fitLines();
    void showLine(const ChartCurve& curve, const Line& line);
    void addLine();
    [[nodiscard]] QColor colourOf(const ChartCurve& curve) const;
    [[nodiscard]] bool hasDots(const ChartCurve& curve) const;
    void paintPoints(QPainter& painter, const ChartCurve& curve) const;
    void paintUnder(QPainter& painter) const;
    void paintOver(QPainter& painter) const;

    const Theme& m_theme;
    Axes m_axes;
    std::vector<ChartCurve> m_curves;
    std::vector<ChartMark> m_marks;
    std::optional<CurvePoint> m_ring;
    PlotFrame m_frame;
    View* m_view;
    QChart* m_chart;
    QValueAxis* m_x;
    QValueAxis* m_y;
    std::vector<Line> m_lines;
};

} // namespace ropescope
