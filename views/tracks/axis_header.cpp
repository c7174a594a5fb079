#include "views/tracks/axis_header.h"

#include <QPainter>

#include "views/models/value_text.h"

namespace ropescope {

AxisHeader::AxisHeader(const TrackContext& context, QWidget* parent)
    : Track(QStringLiteral("axis"), tr("pair"), context, parent) {
    setAccessibleName(tr("Rotary pairs and their wavelengths"));
}

void AxisHeader::paintData(QPainter& painter, const QRectF& plot, int first, int end) {
    Q_UNUSED(plot)
    Q_UNUSED(first)
    Q_UNUSED(end)
    const RopeGeometry& geometry = bench().setup().setup().geometry;
    if (geometry.pairs() != axis().pairs())
        return;
    const QFontMetricsF metrics(theme().labelFont());
    const double lineHeight = metrics.height();
    painter.setFont(theme().labelFont());
    for (const int pair : labelledPairs(axis(), 56)) {
        const QRectF box(axis().centre(pair) - 40, 2, 80, lineHeight);
        painter.setPen(theme().colours().text);
        painter.drawText(box, Qt::AlignHCenter | Qt::AlignTop, QString::number(pair));
        painter.setPen(theme().colours().quietText);
        painter.drawText(box.translated(0, lineHeight), Qt::AlignHCenter | Qt::AlignTop,
                         wavelengthText(wavelength(geometry, pair)));
    }
}

void AxisHeader::paintGutter(QPainter& painter, const QRectF& plot) {
    Q_UNUSED(plot)
    paintSubtitle(painter, tr("wavelength"));
}

QString AxisHeader::toolTipAt(std::optional<int> pair) const {
    QString text = tr("<b>Rotary pair</b> i turns once in 2\u03c0 \u03b8<sup>2i/D</sup> tokens: its wavelength as "
                      "trained.<br>Drag to "
                      "select a segment.");
    const RopeGeometry& geometry = bench().setup().setup().geometry;
    if (pair && *pair < geometry.pairs())
        text += tr("<br>pair %1: %2 tokens per turn")
                    .arg(QString::number(*pair), wavelengthText(wavelength(geometry, *pair)));
    return text;
}

} // namespace ropescope
