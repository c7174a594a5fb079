// Cells coloured by value over two axes, with a colour bar, contour lines and words in the cells.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <QString>

#include "views/charts/chart_widget.h"
#include "views/models/contours.h"
#include "views/models/curve.h"
#include "views/widgets/theme.h"

namespace ropescope {

// A word at a place 0 .. 1 of an axis.
struct HeatTick {
    double share = 0;
    QString text;
};

// Plain values; row 0 lies at the bottom. Cells without a value (NaN) are empty, those marked invalid are crossed.
struct HeatData {
    int columns = 0;
    int rows = 0;
    std::vector<double> values; // row-major
    std::vector<bool> invalid;  // evaluated, but no number came of it; or none
    std::vector<QString> words; // in the cells, where they fit; or none
    std::vector<QString> tips;  // or none
    std::vector<HeatTick> columnTicks;
    std::vector<HeatTick> rowTicks;
    QString columnTitle;
    QString rowTitle;
    QString barTitle; // the quantity with its unit
    ValueRange range;
    std::vector<double> levels;              // of contour lines
    std::optional<std::pair<int, int>> ring; // column and row of a cell that stands out
};

// GUI thread only.
class HeatMap : public ChartWidget {
    Q_OBJECT

public:
    HeatMap(const QString& objectName, const QString& accessibleName, const Theme& theme, QWidget* parent = nullptr);

    void setData(HeatData heatData);
    [[nodiscard]] const HeatData& heat() const { return m_data; }
    // Column and row at a place of the widget; none outside.
    [[nodiscard]] std::optional<std::pair<int, int>> cellAt(const QPointF& position) const;
    [[nodiscard]] QRectF cellRect(int column, int row) const;

    void paintPicture(QPainter& painter) override;
    [[nodiscard]] QSize sizeHint() const override { return {360, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 110}; }

Q_SIGNALS:
    void cellClicked(int column, int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] QRectF plotRect() const;
    [[nodiscard]] double fraction(double value) const;
    void paintCells(QPainter& painter) const;
    void paintContours(QPainter& painter, const QRectF& plot) const;
    void paintTicks(QPainter& painter, const QRectF& plot) const;
    void paintBar(QPainter& painter, const QRectF& plot) const;

    const Theme& m_theme;
    HeatData m_data;
    std::vector<ContourPiece> m_contours;
};

} // namespace ropescope
