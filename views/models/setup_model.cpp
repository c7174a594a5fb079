#include "views/models/setup_model.h"

#include <algorithm>

namespace ropescope {

QString measurementBasis(const Setup& setup) {
    return QStringList{setup.modelPath, setup.textPath, setup.attention, setup.device}.join(QLatin1Char('\n'));
}

void SetupModel::setSetup(const Setup& setup) {
    m_setup = setup;
    Q_EMIT geometryChanged();
    Q_EMIT targetLengthChanged();
    Q_EMIT binsChanged();
    Q_EMIT dpropeThresholdChanged();
    Q_EMIT changed();
}

void SetupModel::setModelHash(const QString& path, const QString& hash) {
    if (path != m_setup.modelPath)
        return;
    m_setup.modelHash = hash;
    Q_EMIT changed();
}

void SetupModel::setText(const QString& name, const QString& path) {
    m_setup.textName = name;
    m_setup.textPath = path;
    Q_EMIT changed();
}

void SetupModel::setAttention(const QString& attention) {
    m_setup.attention = attention;
    Q_EMIT changed();
}

void SetupModel::setDevice(const QString& device) {
    m_setup.device = device;
    Q_EMIT changed();
}

void SetupModel::setTargetLength(std::int64_t length) {
    const auto bounded = std::clamp<std::int64_t>(length, 1, longestTarget);
    if (bounded == m_setup.targetLength)
        return;
    m_setup.targetLength = bounded;
    Q_EMIT targetLengthChanged();
    Q_EMIT changed();
}

void SetupModel::setBins(int bins) {
    const int bounded = std::clamp(bins, 8, 2880);
    if (bounded == m_setup.bins)
        return;
    m_setup.bins = bounded;
    Q_EMIT binsChanged();
    Q_EMIT changed();
}

void SetupModel::setDpropeThreshold(double threshold) {
    const double bounded = std::clamp(threshold, 0.0, 10.0);
    if (bounded == m_setup.dpropeThreshold)
        return;
    m_setup.dpropeThreshold = bounded;
    Q_EMIT dpropeThresholdChanged();
    Q_EMIT changed();
}

} // namespace ropescope
