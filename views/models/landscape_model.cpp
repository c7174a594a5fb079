#include "views/models/landscape_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ropescope {

namespace {

constexpr double sameScale = 1e-9;
constexpr double sameCell = 1e-6; // of a cell's width

int cellOf(const ScaleAxis& axis, double scale, int points) {
    return std::clamp(static_cast<int>(std::lround(axis.shareOf(scale) * (points - 1))), 0, points - 1);
}

} // namespace

bool sameLandscape(const LandscapePlan& a, const LandscapePlan& b) {
    const auto sameAxis = [](const LandscapeSpan& x, const LandscapeSpan& y) {
        return x.pairs == y.pairs && x.range.low == y.range.low && x.range.high == y.range.high &&
               x.range.spacing == y.range.spacing;
    };
    return a.set == b.set && a.base.factors == b.base.factors && a.base.attentionFactor == b.base.attentionFactor &&
           a.points == b.points && a.length == b.length && a.windows == b.windows &&
           std::equal(a.axes.begin(), a.axes.end(), b.axes.begin(), b.axes.end(), sameAxis);
}

std::optional<std::size_t> nearestSample(const LandscapePlan& plan, const std::vector<LandscapeSample>& samples,
                                         const std::vector<double>& shares) {
    std::optional<std::size_t> nearest;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        double distance = 0;
        for (std::size_t axis = 0; axis < plan.axes.size() && axis < shares.size(); ++axis)
            distance += std::abs(plan.axes[axis].range.shareOf(samples[i].scale[axis]) - shares[axis]);
        if (distance < best) {
            best = distance;
            nearest = i;
        }
    }
    return nearest;
}

LandscapeModel::LandscapeModel(SetupModel& setup, QObject* parent)
    : QObject(parent), m_setup(setup), m_basis(measurementBasis(setup.setup())) {
    connect(&setup, &SetupModel::changed, this, &LandscapeModel::followSetup);
}

void LandscapeModel::followSetup() {
    const QString basis = measurementBasis(m_setup.setup());
    if (basis == m_basis)
        return;
    m_basis = basis;
    forget();
}

bool LandscapeModel::onGrid(const LandscapeSample& sample) const {
    for (std::size_t axis = 0; axis < m_plan.axes.size(); ++axis) {
        const double place = m_plan.axes[axis].range.shareOf(sample.scale[axis]) * (m_plan.points - 1);
        if (std::abs(place - std::round(place)) > sameCell)
            return false;
    }
    return true;
}

void LandscapeModel::begin(const LandscapePlan& plan) {
    if (!sameLandscape(plan, m_plan))
        m_samples.clear();
    m_plan = plan;
    m_phase = ProbePhase::running;
    m_message.clear();
    Q_EMIT changed();
}

void LandscapeModel::add(const LandscapeSample& sample) {
    if (isMap() && !onGrid(sample))
        return;
    const auto place =
        std::lower_bound(m_samples.begin(), m_samples.end(), sample,
                         [](const LandscapeSample& a, const LandscapeSample& b) { return a.scale < b.scale; });
    if (place != m_samples.end() && place->scale == sample.scale)
        *place = sample;
    else
        m_samples.insert(place, sample);
    Q_EMIT changed();
}

void LandscapeModel::keep(LandscapeRecord record) {
    std::erase_if(m_records, [&](const LandscapeRecord& one) { return sameLandscape(one.plan, record.plan); });
    m_records.push_back(std::move(record));
}

void LandscapeModel::addRecord(LandscapeRecord record) {
    keep(std::move(record));
    Q_EMIT changed();
}

void LandscapeModel::end(ProbePhase phase, const QString& message) {
    m_phase = phase;
    m_message = message;
    if (!m_samples.empty())
        keep({m_plan, m_samples, phase});
    Q_EMIT changed();
}

void LandscapeModel::clear() {
    show({}, {}, ProbePhase::none, {});
}

void LandscapeModel::forget() {
    m_records.clear();
    clear();
}

void LandscapeModel::show(const LandscapePlan& plan, std::vector<LandscapeSample> samples, ProbePhase phase,
                          const QString& message) {
    m_plan = plan;
    m_samples = std::move(samples);
    m_phase = phase;
    m_message = message;
    Q_EMIT changed();
}

std::vector<CurvePoint> LandscapeModel::curve() const {
    std::vector<CurvePoint> points;
    if (!isMap())
        for (const LandscapeSample& sample : m_samples)
            points.push_back({sample.scale.front(), sample.nll});
    return points;
}

std::vector<double> LandscapeModel::map() const {
    if (!isMap())
        return {};
    const int points = m_plan.points;
    std::vector<double> values(static_cast<std::size_t>(points) * static_cast<std::size_t>(points),
                               std::numeric_limits<double>::quiet_NaN());
    for (const LandscapeSample& sample : m_samples) {
        const int column = cellOf(m_plan.axes[0].range, sample.scale[0], points);
        const int row = cellOf(m_plan.axes[1].range, sample.scale[1], points);
        values[static_cast<std::size_t>(row * points + column)] = sample.nll;
    }
    return values;
}

std::optional<LandscapeSample> LandscapeModel::best() const {
    std::optional<LandscapeSample> lowest;
    for (const LandscapeSample& sample : m_samples)
        if (std::isfinite(sample.nll) && (!lowest || sample.nll < lowest->nll))
            lowest = sample;
    return lowest;
}

std::optional<double> LandscapeModel::nllOfBase() const {
    for (const LandscapeSample& sample : m_samples)
        if (std::all_of(sample.scale.begin(), sample.scale.end(),
                        [](double scale) { return std::abs(scale - 1) < sameScale; }))
            return sample.nll;
    return std::nullopt;
}

} // namespace ropescope
