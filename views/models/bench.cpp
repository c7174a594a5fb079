#include "views/models/bench.h"

#include <algorithm>

#include "engine/rope/method.h"
#include "views/models/value_text.h"

namespace ropescope {

Bench::Bench(QObject* parent) : QObject(parent), m_setList(m_sets, m_setup), m_angles(m_setup, m_sets, m_selection) {
    connect(&m_setup, &SetupModel::targetLengthChanged, this, [this] { followSetup(true); });
    connect(&m_setup, &SetupModel::binsChanged, this, [this] { followSetup(false); });
    connect(&m_setup, &SetupModel::dpropeThresholdChanged, this, [this] { followSetup(false); });
    connect(&m_setup, &SetupModel::changed, this, &Bench::followBasis);
    connect(&m_sets, &FactorSetStore::removed, this, [this](SetId id, int row) {
        if (id != m_selection.set())
            return;
        const auto& entries = m_sets.entries();
        const auto next = static_cast<std::size_t>(std::min(row, m_sets.count() - 1));
        m_selection.setSet(entries.empty() ? noSet : entries[next].id);
    });
}

void Bench::openSetup(const Setup& setup, const QStringList& methods) {
    m_selection.setSet(noSet);
    m_selection.setEvaluation(std::nullopt);
    m_selection.setDecision(std::nullopt);
    m_selection.setPair(std::nullopt);
    m_sets.clear();
    m_search.clear();
    m_sensitivity.setSensitivity({});
    m_setup.setSetup(setup);
    for (const QString& method : methods)
        if (const auto entry = methodEntry(method))
            m_sets.insert(*entry);
    if (m_sets.count() > 0)
        m_selection.setSet(m_sets.entries().front().id);
    if (setup.geometry.pairs() > 0)
        m_selection.setPair(setup.geometry.pairs() / 2);
}

Result<FactorSetEntry> Bench::methodEntry(const QString& method) {
    auto factors = methodFactors(method);
    if (!factors)
        return fail(factors.error());
    FactorSetEntry entry;
    entry.id = m_sets.newId();
    entry.name = m_sets.freeName(methodTitle(method));
    entry.origin = SetOrigin::method;
    entry.method = method;
    entry.colour = m_sets.freeColour();
    entry.set = *factors;
    return entry;
}

Result<FactorSet> Bench::methodFactors(const QString& method) {
    if (method == QLatin1String("dprope"))
        return dpropeFactors();
    const RopeMethod* rope = findRopeMethod(method.toStdString());
    if (!rope)
        return fail(usageError("There is no method called " + method.toStdString() + "."));
    return rope->factors(m_setup.setup().geometry, m_setup.setup().scale());
}

Result<FactorSet> Bench::dpropeFactors() {
    const Setup& setup = m_setup.setup();
    if (!m_disturbances || m_disturbances->values.scale != setup.scale() || m_disturbances->bins != setup.bins ||
        m_disturbances->geometry.theta != setup.geometry.theta ||
        m_disturbances->geometry.rotaryDim != setup.geometry.rotaryDim ||
        m_disturbances->geometry.trainedLength != setup.geometry.trainedLength) {
        auto values = dpRopeDisturbances(setup.geometry, setup.scale(), setup.bins);
        if (!values)
            return fail(values.error());
        m_disturbances = Disturbances{setup.geometry, setup.bins, std::move(*values)};
    }
    return dpRopeByThreshold(m_disturbances->values, setup.dpropeThreshold);
}

// Sets that follow a method are the method at this target length. Outside a method's domain they keep what they had.
void Bench::followSetup(bool keepMeasurements) {
    for (int row = 0; row < m_sets.count(); ++row) {
        FactorSetEntry entry = m_sets.entries()[static_cast<std::size_t>(row)];
        if (entry.origin != SetOrigin::method || entry.method.isEmpty())
            continue;
        const auto factors = methodFactors(entry.method);
        if (!factors || *factors == entry.set)
            continue;
        entry.set = *factors;
        if (!keepMeasurements)
            entry.measurements.clear();
        m_sets.replace(entry);
    }
}

void Bench::followBasis() {
    const QString basis = measurementBasis(m_setup.setup());
    if (basis == m_basis)
        return;
    m_basis = basis;
    m_sensitivity.setSensitivity({});
    for (int row = 0; row < m_sets.count(); ++row) {
        FactorSetEntry entry = m_sets.entries()[static_cast<std::size_t>(row)];
        if (entry.measurements.empty())
            continue;
        entry.measurements.clear();
        m_sets.replace(entry);
    }
}

QString methodTitle(const QString& method) {
    if (method == QLatin1String("none"))
        return Bench::tr("As trained");
    if (method == QLatin1String("pi"))
        return Bench::tr("PI");
    if (method == QLatin1String("ntk"))
        return Bench::tr("NTK-aware");
    if (method == QLatin1String("yarn"))
        return Bench::tr("YaRN");
    if (method == QLatin1String("llama3"))
        return Bench::tr("Llama 3");
    if (method == QLatin1String("dprope"))
        return Bench::tr("DPRoPE");
    return method;
}

} // namespace ropescope
