#include "views/models/training_model.h"

#include <algorithm>
#include <numeric>

namespace ropescope {

namespace {

constexpr std::size_t keptCheckpoints = 2;

double valueOf(const TrainingPoint& point, TrainingQuantity quantity) {
    switch (quantity) {
    case TrainingQuantity::smoothedLoss:
        return point.smoothedLoss;
    case TrainingQuantity::learningRate:
        return point.learningRate;
    case TrainingQuantity::gradientNorm:
        return point.gradientNorm;
    case TrainingQuantity::loss:
    case TrainingQuantity::perplexity:
        break;
    }
    return point.loss;
}

} // namespace

double TrainingForecast::bytes() const {
    return std::accumulate(parts.begin(), parts.end(), 0.0,
                           [](double sum, const Part& part) { return sum + part.bytes; });
}

bool TrainingModel::canResume() const {
    const bool stopped = m_run.phase == TrainingPhase::paused || m_run.phase == TrainingPhase::cancelled ||
                         m_run.phase == TrainingPhase::failed;
    return stopped && !m_run.checkpoints.empty();
}

const TrainingPoint* TrainingModel::last() const {
    return m_run.points.empty() ? nullptr : &m_run.points.back();
}

std::optional<TrainingCheckpoint> TrainingModel::newestModel() const {
    if (m_run.checkpoints.empty())
        return std::nullopt;
    return m_run.checkpoints.back();
}

void TrainingModel::begin(const TrainingRunInfo& info) {
    if (info.output != m_run.info.output || m_run.phase == TrainingPhase::done)
        m_run = {};
    m_run.info = info;
    m_run.phase = TrainingPhase::running;
    m_run.message.clear();
    m_run.probeProblem.clear();
    Q_EMIT changed();
}

void TrainingModel::add(const std::vector<TrainingPoint>& points) {
    if (points.empty())
        return;
    const auto again =
        std::lower_bound(m_run.points.begin(), m_run.points.end(), points.front().step,
                         [](const TrainingPoint& point, std::int64_t step) { return point.step < step; });
    m_run.points.erase(again, m_run.points.end());
    m_run.points.insert(m_run.points.end(), points.begin(), points.end());
    Q_EMIT changed();
}

void TrainingModel::addProbe(const TrainingProbe& probe) {
    const auto place = std::lower_bound(m_run.probes.begin(), m_run.probes.end(), probe.step,
                                        [](const TrainingProbe& one, std::int64_t step) { return one.step < step; });
    if (place != m_run.probes.end() && place->step == probe.step)
        *place = probe;
    else
        m_run.probes.insert(place, probe);
    m_run.probeProblem.clear();
    Q_EMIT changed();
}

void TrainingModel::setProbeProblem(const QString& problem) {
    m_run.probeProblem = problem;
    Q_EMIT changed();
}

void TrainingModel::addCheckpoint(const TrainingCheckpoint& checkpoint) {
    std::erase_if(m_run.checkpoints, [&](const TrainingCheckpoint& one) {
        return one.step >= checkpoint.step || one.folder == checkpoint.folder;
    });
    m_run.checkpoints.push_back(checkpoint);
    if (m_run.checkpoints.size() > keptCheckpoints)
        m_run.checkpoints.erase(m_run.checkpoints.begin());
    Q_EMIT changed();
}

void TrainingModel::end(TrainingPhase phase, const QString& message) {
    m_run.phase = phase;
    m_run.message = message;
    Q_EMIT changed();
}

void TrainingModel::show(TrainingRunRecord record) {
    m_run = std::move(record);
    Q_EMIT changed();
}

void TrainingModel::clear() {
    show({});
}

void TrainingModel::setForecast(std::optional<TrainingForecast> forecast) {
    m_forecast = std::move(forecast);
    Q_EMIT forecastChanged();
}

void TrainingModel::setKept(std::vector<TrainingRunRecord> runs) {
    m_kept = std::move(runs);
    for (const TrainingRunRecord& run : m_kept)
        if (!m_run.info.output.isEmpty() && run.info.output == m_run.info.output)
            m_run.info.id = run.info.id;
    Q_EMIT keptChanged();
}

std::vector<CurvePoint> TrainingModel::curve(TrainingQuantity quantity, std::size_t columns) const {
    std::vector<CurvePoint> points;
    if (quantity == TrainingQuantity::perplexity) {
        for (const TrainingProbe& probe : m_run.probes)
            points.push_back({static_cast<double>(probe.step), probe.measured.perplexity});
        return points; // few, and NaN is marked
    }
    points.reserve(m_run.points.size());
    for (const TrainingPoint& point : m_run.points)
        points.push_back({static_cast<double>(point.step), valueOf(point, quantity)});
    return reduced(points, columns);
}

const TrainingPoint* TrainingModel::pointAt(std::int64_t step) const {
    const auto found =
        std::lower_bound(m_run.points.begin(), m_run.points.end(), step,
                         [](const TrainingPoint& point, std::int64_t wanted) { return point.step < wanted; });
    return found == m_run.points.end() ? nullptr : &*found;
}

std::vector<std::int64_t> TrainingModel::stageEnds() const {
    std::vector<std::int64_t> ends;
    for (std::size_t i = 1; i < m_run.points.size(); ++i)
        if (m_run.points[i].stage != m_run.points[i - 1].stage)
            ends.push_back(m_run.points[i - 1].step);
    return ends;
}

} // namespace ropescope
