#include "views/tracks/angle_track.h"

#include <algorithm>
#include <cmath>

#include <QImage>
#include <QLocale>
#include <QPainter>

#include "views/models/value_text.h"

namespace ropescope {

AngleTrack::AngleTrack(const TrackContext& context, QWidget* parent)
    : Track(QStringLiteral("angles"), tr("angle"), context, parent) {
    connect(&bench().angles(), &AngleModel::reportChanged, this, &AngleTrack::invalidate);
    connect(&bench().angles(), &AngleModel::pairReportChanged, this, &AngleTrack::invalidatePair);
}

void AngleTrack::setView(AngleView view) {
    if (view == m_view)
        return;
    m_view = view;
    invalidate();
    Q_EMIT viewChanged();
}

const ColourMap& AngleTrack::map() const {
    return m_view == AngleView::difference ? theme().diverging() : theme().sequential();
}

void AngleTrack::paintData(QPainter& painter, const QRectF& plot, int first, int end) {
    const auto report = bench().angles().report();
    const int rows = std::max(static_cast<int>(std::lround(plot.height())), 1);
    const ColourScale scale = heatScale(m_view);
    const ColourMap& colours = map();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double gap = axis().columnWidth() > 5 ? 0.5 : 0;
    for (int pair = first; pair < end && static_cast<std::size_t>(pair) < report->pairs.size(); ++pair) {
        const auto column = heatColumn(report->pairs[static_cast<std::size_t>(pair)], m_view, rows);
        QImage image(1, rows, QImage::Format_RGB32);
        for (int row = 0; row < rows; ++row)
            image.setPixel(0, rows - 1 - row, colours.at(scale.fraction(column[static_cast<std::size_t>(row)])));
        const double left = std::round(axis().edge(pair)) + gap;
        const double right = std::round(axis().edge(pair + 1)) - gap;
        painter.drawImage(QRectF(left, plot.top(), right - left, plot.height()), image);
    }
}

void AngleTrack::paintColourBar(QPainter& painter, const QRectF& plot) const {
    const ColourScale scale = heatScale(m_view);
    const QFontMetricsF metrics(theme().labelFont());
    const double top = QFontMetricsF(theme().textFont()).height() + metrics.height() + spacingUnit;
    const QRectF bar(spacingUnit, top, 6, plot.bottom() - top - metrics.height() - 4);
    if (bar.height() < 2 * metrics.height())
        return;
    for (int y = 0; y < static_cast<int>(bar.height()); ++y)
        painter.fillRect(QRectF(bar.left(), bar.bottom() - 1 - y, bar.width(), 1),
                         QColor::fromRgb(map().at(y / bar.height())));
    painter.setFont(theme().labelFont());
    painter.setPen(theme().colours().quietText);
    const auto label = [&](double fraction, const QString& text) {
        painter.drawText(QPointF(bar.right() + 4, bar.bottom() - fraction * bar.height() + metrics.ascent() / 2 - 1),
                         text);
    };
    const QString high = QLocale().toString(scale.high);
    if (m_view == AngleView::difference) {
        label(0, signedText(scale.low, 0));
        label(0.5, QStringLiteral("0"));
        label(1, QLatin1Char('+') + high);
    } else {
        label(0, QStringLiteral("0"));
        label(scale.fraction(1), QStringLiteral("1"));
        label(1, QStringLiteral("\u2265 ") + high);
    }
    painter.drawText(QPointF(bar.left(), plot.bottom() - 1), tr("\u00d7 even"));
}

void AngleTrack::paintGutter(QPainter& painter, const QRectF& plot) {
    paintTick(painter, plot.top(), QStringLiteral("2\u03c0"));
    paintTick(painter, plot.center().y(), QStringLiteral("\u03c0"));
    paintTick(painter, plot.bottom(), QStringLiteral("0"));
    switch (m_view) {
    case AngleView::trained:
        paintSubtitle(painter, tr("trained"));
        break;
    case AngleView::target:
        paintSubtitle(painter, tr("target"));
        break;
    case AngleView::difference:
        paintSubtitle(painter, tr("target \u2212 trained"));
        break;
    }
    paintColourBar(painter, plot);
}

QString AngleTrack::emptyText() const {
    const bool there =
        axis().pairs() > 0 && bench().angles().report()->pairs.size() == static_cast<std::size_t>(axis().pairs());
    return there ? QString() : tr("No factor set is selected");
}

QString AngleTrack::toolTipAt(std::optional<int> pair) const {
    QString text = tr(
        "<b>Angle</b>: position \u00d7 inverse frequency, modulo 2\u03c0, over all positions of the length. Colour is "
        "the density of positions; 1 where all angles are visited evenly.");
    const auto report = bench().angles().report();
    if (pair && static_cast<std::size_t>(*pair) < report->pairs.size()) {
        const PairAngles& angles = report->pairs[static_cast<std::size_t>(*pair)];
        text +=
            tr("<br>pair %1: %2 turns trained, %3 turns at the target length")
                .arg(QString::number(*pair), factorText(angles.rotationsTrained), factorText(angles.rotationsTarget));
    }
    return text;
}

} // namespace ropescope
