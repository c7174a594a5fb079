#include "views/charts/forecast_bar.h"

#include <algorithm>

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "views/models/value_text.h"

namespace ropescope {

ForecastBar::ForecastBar(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setObjectName(QStringLiteral("forecastBar"));
    setAccessibleName(tr("Memory by part"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ForecastBar::setForecast(const TrainingForecast& forecast) {
    m_forecast = forecast;
    update();
}

// The longer of what is needed and what there is fills the bar.
double ForecastBar::whole() const {
    return std::max(m_forecast.bytes(), m_forecast.available);
}

QString ForecastBar::tipAt(const QPointF& position) const {
    if (!rect().contains(position.toPoint()) || whole() <= 0)
        return {};
    double end = 0;
    for (const TrainingForecast::Part& part : m_forecast.parts) {
        end += part.bytes / whole() * width();
        if (position.x() < end)
            return tr("%1: %2").arg(part.name, bytesText(part.bytes));
    }
    return tr("free: %1").arg(bytesText(m_forecast.available - m_forecast.bytes()));
}

bool ForecastBar::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
    return true;
}

void ForecastBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF bar = QRectF(rect()).adjusted(0, 3, 0, -3);
    painter.fillRect(bar, m_theme.colours().structure);
    if (whole() <= 0)
        return;
    double left = 0;
    int colour = 0;
    for (const TrainingForecast::Part& part : m_forecast.parts) {
        const double wide = part.bytes / whole() * bar.width();
        painter.fillRect(QRectF(left, bar.top(), std::max(wide - 1, 0.0), bar.height()), m_theme.set(colour++));
        left += wide;
    }
    if (m_forecast.available > 0 && m_forecast.available < m_forecast.bytes()) {
        const double end = m_forecast.available / whole() * bar.width();
        painter.fillRect(QRectF(end - 1, 0, 2, height()), m_theme.colours().text);
    }
}

} // namespace ropescope
