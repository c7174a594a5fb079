#include "views/tracks/bar_track.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "views/models/ticks.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

// Angle tracks show a report of the present geometry only.
bool fits(const AngleReport& report, int pairs) {
    return pairs > 0 && report.pairs.size() == static_cast<std::size_t>(pairs);
}

std::vector<double> perPair(const AngleReport& report, double (*value)(const PairAngles&)) {
    std::vector<double> result;
    result.reserve(report.pairs.size());
    std::transform(report.pairs.begin(), report.pairs.end(), std::back_inserter(result), value);
    return result;
}

QColor currentSetColour(Bench& bench, const Theme& theme) {
    const FactorSetEntry* current = bench.currentSet();
    return current ? theme.set(current->colour) : theme.colours().neutral;
}

} // namespace

QString BarTrack::tick(double value, double step) const {
    return tickText(value, step);
}

void BarTrack::refreshValues() {
    m_values = values();
    m_range = fitted();
    invalidate();
}

void BarTrack::refreshPair(int pair) {
    m_values = values();
    if (const Range range = fitted(); range == m_range) {
        invalidatePair(pair);
    } else {
        m_range = range;
        invalidate();
    }
}

BarTrack::Range BarTrack::fitted() const {
    double low = 0;
    double high = 0;
    for (const double value : m_values)
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    // Round up to one and a half digits, so that small changes leave the axis alone.
    const auto rounded = [this](double value) {
        const double least = std::max(value, leastTop());
        const double unit = std::pow(10.0, std::floor(std::log10(least))) / 2;
        return std::ceil(least / unit - 1e-9) * unit;
    };
    return {low < 0 ? -rounded(-low) : 0.0, high > 0 || low == 0 ? rounded(high) : 0.0};
}

double BarTrack::yOf(double value, const QRectF& plot) const {
    return plot.bottom() - (value - m_range.low) / (m_range.high - m_range.low) * plot.height();
}

void BarTrack::paintData(QPainter& painter, const QRectF& plot, int first, int end) {
    const double gap = axis().columnWidth() > 6 ? axis().columnWidth() * 0.15 : 0.5;
    const double zero = yOf(0, plot);
    painter.setRenderHint(QPainter::Antialiasing, axis().columnWidth() < 3);
    for (int pair = first; pair < end && static_cast<std::size_t>(pair) < m_values.size(); ++pair) {
        const double value = m_values[static_cast<std::size_t>(pair)];
        if (!std::isfinite(value) || value == 0)
            continue;
        const double y = yOf(value, plot);
        painter.fillRect(QRectF(axis().edge(pair) + gap, std::min(y, zero), axis().columnWidth() - 2 * gap,
                                std::max(std::abs(zero - y), 0.5)),
                         colourOf(value));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme().colours().structure, 1));
    painter.drawLine(QPointF(axis().edge(first), zero), QPointF(axis().edge(end), zero));
}

void BarTrack::paintGutter(QPainter& painter, const QRectF& plot) {
    const int most = std::clamp(static_cast<int>(plot.height() / 24), 2, 5);
    const auto ticks = linearTicks(m_range.low, m_range.high, most);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : m_range.high;
    for (const double value : ticks)
        paintTick(painter, yOf(value, plot), tick(value, step));
}

DisturbanceTrack::DisturbanceTrack(const TrackContext& context, QWidget* parent)
    : BarTrack(QStringLiteral("disturbance"), tr("disturbance"), context, parent) {
    connect(&bench().angles(), &AngleModel::reportChanged, this, &DisturbanceTrack::refreshValues);
    connect(&bench().angles(), &AngleModel::pairReportChanged, this, &DisturbanceTrack::refreshPair);
    connect(&bench().selection(), &Selection::setChanged, this, &DisturbanceTrack::refreshValues); // its colour
    refreshValues();
}

std::vector<double> DisturbanceTrack::values() const {
    return perPair(*bench().angles().report(), [](const PairAngles& pair) { return pair.disturbance; });
}

QColor DisturbanceTrack::colourOf(double value) const {
    Q_UNUSED(value)
    return currentSetColour(bench(), theme());
}

QString DisturbanceTrack::emptyText() const {
    return fits(*bench().angles().report(), axis().pairs()) ? QString() : tr("No factor set is selected");
}

QString DisturbanceTrack::toolTipAt(std::optional<int> pair) const {
    QString text =
        tr("<b>Disturbance</b>: D<sub>i</sub> = \u03a3<sub>k</sub> P<sub>trained</sub>(k) ln(P<sub>trained</sub>(k) / "
           "P<sub>target</sub>(k)) over the angle bins k, in nats (DPRoPE, arXiv 2410.01490).<br>How much the "
           "angles of this pair differ from those it was trained on.");
    if (pair && static_cast<std::size_t>(*pair) < shown().size())
        text += tr("<br>pair %1: %2").arg(*pair).arg(shown()[static_cast<std::size_t>(*pair)], 0, 'g', 4);
    return text;
}

UnseenTrack::UnseenTrack(const TrackContext& context, QWidget* parent)
    : BarTrack(QStringLiteral("unseen"), tr("unseen angles"), context, parent) {
    connect(&bench().angles(), &AngleModel::reportChanged, this, &UnseenTrack::refreshValues);
    connect(&bench().angles(), &AngleModel::pairReportChanged, this, &UnseenTrack::refreshPair);
    connect(&bench().selection(), &Selection::setChanged, this, &UnseenTrack::refreshValues); // its colour
    refreshValues();
}

std::vector<double> UnseenTrack::values() const {
    return perPair(*bench().angles().report(), [](const PairAngles& pair) { return 100 * pair.unseenFraction; });
}

QColor UnseenTrack::colourOf(double value) const {
    Q_UNUSED(value)
    return currentSetColour(bench(), theme());
}

QString UnseenTrack::tick(double value, double step) const {
    return tickText(value, step) + QStringLiteral("\u202f%");
}

QString UnseenTrack::emptyText() const {
    return fits(*bench().angles().report(), axis().pairs()) ? QString() : tr("No factor set is selected");
}

QString UnseenTrack::toolTipAt(std::optional<int> pair) const {
    QString text =
        tr("<b>Unseen angles</b>: share of the target's positions whose angle lies in a bin that training never "
           "visited.");
    if (pair && static_cast<std::size_t>(*pair) < shown().size())
        text += tr("<br>pair %1: %2")
                    .arg(QString::number(*pair), shareText(shown()[static_cast<std::size_t>(*pair)] / 100));
    return text;
}

SensitivityTrack::SensitivityTrack(const TrackContext& context, QWidget* parent)
    : BarTrack(QStringLiteral("sensitivity"), tr("sensitivity"), context, parent) {
    connect(&bench().sensitivity(), &SensitivityModel::changed, this, &SensitivityTrack::refreshValues);
    connect(&bench().selection(), &Selection::setChanged, this, &SensitivityTrack::refreshValues);
    refreshValues();
}

std::vector<double> SensitivityTrack::values() const {
    return bench().sensitivity().sensitivity().byLogFactor;
}

QColor SensitivityTrack::colourOf(double value) const {
    // Brown side: raising the factor makes the text harder; blue side: easier. The ends of the diverging map.
    return QColor::fromRgb(theme().diverging().at(value > 0 ? 0.8 : 0.2));
}

QString SensitivityTrack::emptyText() const {
    const Sensitivity& known = bench().sensitivity().sensitivity();
    if (known.byLogFactor.size() != static_cast<std::size_t>(axis().pairs()) || axis().pairs() == 0)
        return tr("Not measured for this model and text. Click to measure.");
    return {};
}

QString SensitivityTrack::toolTipAt(std::optional<int> pair) const {
    QString text =
        tr("<b>Sensitivity</b>: d NLL / d ln \u03bb<sub>i</sub>, the exact gradient of the text's mean NLL in nats per "
           "token.<br>Below zero: a larger factor makes the text easier.");
    if (pair && static_cast<std::size_t>(*pair) < shown().size())
        text += tr("<br>pair %1: %2").arg(*pair).arg(shown()[static_cast<std::size_t>(*pair)], 0, 'g', 3);
    return text;
}

// Says whose gradient it is: another set may have become the current one since.
void SensitivityTrack::paintGutter(QPainter& painter, const QRectF& plot) {
    BarTrack::paintGutter(painter, plot);
    if (const FactorSetEntry* measured = bench().sets().find(bench().sensitivity().sensitivity().set))
        paintSubtitle(painter, QFontMetrics(theme().labelFont())
                                   .elidedText(tr("of %1").arg(measured->name), Qt::ElideRight, 9 * spacingUnit));
}

bool SensitivityTrack::pressed(QMouseEvent& event) {
    Q_UNUSED(event)
    if (emptyText().isEmpty())
        return false;
    Q_EMIT measureRequested();
    return true;
}

} // namespace ropescope
