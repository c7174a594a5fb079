#include "views/widgets/angle_histogram.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QPainter>
#include <QPainterPath>

#include "views/models/angle_heat.h"

namespace ropescope {

namespace {

// Densities above this are cut, or a pair that never turned would flatten everything else.
constexpr double highestDensity = 4;

QPolygonF staircase(const std::vector<double>& columns, const QRectF& plot, double top) {
    QPolygonF line;
    const double step = plot.width() / static_cast<double>(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double y = plot.bottom() - std::min(columns[i], top) / top * plot.height();
        line << QPointF(plot.left() + static_cast<double>(i) * step, y)
             << QPointF(plot.left() + static_cast<double>(i + 1) * step, y);
    }
    return line;
}

} // namespace

AngleHistogram::AngleHistogram(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme) {
    setObjectName(QStringLiteral("angleHistogram"));
    setAccessibleName(tr("Angles of the selected pair, trained and target"));
    setToolTip(tr("Density of positions by angle of the selected pair, 1 where all angles are visited evenly. "
                  "Grey: positions of the trained length; line: of the target length, with this set's factor."));
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&bench.selection(), &Selection::pairChanged, this, repaint);
    connect(&bench.selection(), &Selection::setChanged, this, repaint);
    connect(&bench.angles(), &AngleModel::reportChanged, this, repaint);
    connect(&bench.angles(), &AngleModel::pairReportChanged, this, repaint);
    connect(&theme, &Theme::changed, this, repaint);
}

void AngleHistogram::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const ThemeColours& colours = m_theme.colours();
    const QFontMetricsF label(m_theme.labelFont());
    const QFontMetricsF text(m_theme.textFont());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.textFont());
    painter.setPen(colours.quietText);
    const auto pair = m_bench.selection().pair();
    painter.drawText(QPointF(0, text.ascent()), pair ? tr("Pair %1: where its angle falls").arg(*pair) : tr("Angles"));

    const double left = 2.5 * spacingUnit;
    const QRectF plot(left, text.height() + spacingUnit, width() - left - spacingUnit,
                      height() - text.height() - label.height() - 1.5 * spacingUnit);
    painter.fillRect(plot, colours.ground);
    painter.setFont(m_theme.labelFont());
    static const std::array<QString, 5> angles{QStringLiteral("0"), QStringLiteral("\u03c0/2"),
                                               QStringLiteral("\u03c0"), QStringLiteral("3\u03c0/2"),
                                               QStringLiteral("2\u03c0")};
    for (std::size_t i = 0; i < angles.size(); ++i) {
        const double x = plot.left() + plot.width() * static_cast<double>(i) / 4;
        painter.drawText(QRectF(x - 20, plot.bottom() + 3, 40, label.height()), Qt::AlignHCenter, angles.at(i));
    }
    const auto report = m_bench.angles().report();
    if (!pair || static_cast<std::size_t>(*pair) >= report->pairs.size())
        return;

    const PairAngles& shown = report->pairs[static_cast<std::size_t>(*pair)];
    const int columns = std::clamp(static_cast<int>(plot.width() / 2), 8, static_cast<int>(shown.trained.size()));
    const auto trained = densities(shown.trained, columns);
    const auto target = densities(shown.target, columns);
    const double highest =
        std::max(*std::max_element(trained.begin(), trained.end()), *std::max_element(target.begin(), target.end()));
    const double top = std::clamp(highest * 1.15, 1.5, highestDensity);
    const double even = plot.bottom() - plot.height() / top;
    painter.drawText(QRectF(0, even - label.height() / 2, left - 4, label.height()), Qt::AlignRight,
                     QStringLiteral("1"));

    QPainterPath area;
    area.addPolygon(QPolygonF{plot.bottomLeft()} + staircase(trained, plot, top) + QPolygonF{plot.bottomRight()});
    painter.fillPath(area, colours.neutral);
    painter.setPen(QPen(colours.structure, 1));
    painter.drawLine(QPointF(plot.left(), even), QPointF(plot.right(), even));
    const FactorSetEntry* current = m_bench.currentSet();
    const QColor line = current ? m_theme.set(current->colour) : colours.text;
    painter.setPen(QPen(line, 2));
    painter.drawPolyline(staircase(target, plot, top));

    const double right = plot.right() - spacingUnit;
    painter.setPen(colours.quietText);
    painter.drawText(QRectF(plot.left(), plot.top() + 4, right - plot.left(), label.height()), Qt::AlignRight,
                     tr("trained"));
    painter.setPen(line);
    painter.drawText(QRectF(plot.left(), plot.top() + 6 + label.height(), right - plot.left(), label.height()),
                     Qt::AlignRight, tr("target"));
}

} // namespace ropescope
