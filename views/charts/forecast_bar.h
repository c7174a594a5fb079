// Memory by part against what the device has: one bar, its parts in order, a line where the memory ends.
#pragma once

#include <QWidget>

#include "views/models/training_model.h"
#include "views/widgets/theme.h"

namespace ropescope {

// GUI thread only.
class ForecastBar : public QWidget {
    Q_OBJECT

public:
    explicit ForecastBar(const Theme& theme, QWidget* parent = nullptr);

    void setForecast(const TrainingForecast& forecast);
    // The name and size of the part there; empty elsewhere.
    [[nodiscard]] QString tipAt(const QPointF& position) const;

    [[nodiscard]] QSize sizeHint() const override { return {240, 2 * spacingUnit}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {80, 2 * spacingUnit}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] double whole() const;

    const Theme& m_theme;
    TrainingForecast m_forecast;
};

} // namespace ropescope
