#include "views/charts/chart_widget.h"

#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace ropescope {

namespace {

constexpr int pictureScale = 2;

void paintOn(QPaintDevice& device, ChartWidget& chart, const QColor& ground) {
    QPainter painter(&device);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(chart.rect(), ground);
    chart.paintPicture(painter);
}

} // namespace

bool saveChart(ChartWidget& chart, const QString& path, const QColor& ground) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator generator;
        generator.setOutputDevice(&file);
        generator.setSize(chart.size());
        generator.setViewBox(chart.rect());
        generator.setTitle(chart.accessibleName());
        paintOn(generator, chart, ground);
    } else {
        QImage image(chart.size() * pictureScale, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(pictureScale);
        image.fill(ground);
        paintOn(image, chart, ground);
        if (!image.save(&file, "PNG"))
            return false;
    }
    return file.commit();
}

} // namespace ropescope
