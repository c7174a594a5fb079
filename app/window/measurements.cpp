#include "app/window/measurements.h"

#include <cmath>

#include "engine/probe/perplexity.h"
#include "engine/probe/sensitivity.h"

namespace ropescope {

namespace {

struct MeasuredSets {
    std::vector<PerplexityResult> results;
};

Measurement measurementOf(const PerplexityResult& result) {
    Measurement measurement;
    measurement.length = result.length;
    measurement.nll = result.nll.mean;
    measurement.perplexity = result.perplexity;
    // Of the exponential: perplexity times the error of the mean NLL.
    const double error = result.perplexity * result.nll.standardError;
    measurement.standardError = std::isfinite(error) ? error : 0;
    measurement.tokens = result.nll.tokens;
    return measurement;
}

} // namespace

Measurements::Measurements(const WindowContext& context, QObject* parent) : QObject(parent), m_context(context) {}

void Measurements::measure(SetId id) {
    if (const FactorSetEntry* entry = m_context.bench.sets().find(id))
        measureSets({id}, tr("perplexity of %1").arg(entry->name));
}

void Measurements::measureMissing() {
    std::vector<SetId> missing;
    const std::int64_t target = m_context.bench.setup().setup().targetLength;
    for (const FactorSetEntry& entry : m_context.bench.sets().entries())
        if (entry.visible && !entry.measuredAt(target))
            missing.push_back(entry.id);
    if (!missing.empty())
        measureSets(missing, tr("perplexity of %n set(s)", nullptr, static_cast<int>(missing.size())));
}

void Measurements::measureSets(const std::vector<SetId>& ids, const QString& title) {
    const Setup setup = m_context.bench.setup().setup();
    PerplexityRequest request;
    for (const SetId id : ids)
        if (const FactorSetEntry* entry = m_context.bench.sets().find(id))
            request.cases.push_back({entry->set, setup.targetLength});
    Laboratory& laboratory = m_context.laboratory;
    m_context.jobs.add<MeasuredSets>(
        title,
        [&laboratory, setup, request](const RunControl& control, const JobChannel&) mutable -> Outcome<MeasuredSets> {
            auto opened = laboratory.open(setup, control);
            if (auto* error = std::get_if<Error>(&opened))
                return *error;
            if (std::holds_alternative<Cancelled>(opened))
                return Cancelled{};
            const LabBench& bench = std::get<LabBench>(opened);
            request.attention = bench.attention;
            auto measured = measurePerplexity(*bench.model, *bench.text, request, control);
            if (auto* error = std::get_if<Error>(&measured))
                return *error;
            if (std::holds_alternative<Cancelled>(measured))
                return Cancelled{};
            return MeasuredSets{std::get<std::vector<PerplexityResult>>(std::move(measured))};
        },
        [this, ids](const MeasuredSets& measured) {
            // A set that was edited or removed meanwhile has no claim to the number.
            for (std::size_t i = 0; i < measured.results.size() && i < ids.size(); ++i) {
                const FactorSetEntry* entry = m_context.bench.sets().find(ids[i]);
                if (entry && entry->set == measured.results[i].factors)
                    m_context.bench.sets().addMeasurement(ids[i], measurementOf(measured.results[i]));
            }
        });
}

void Measurements::measureSensitivity() {
    const FactorSetEntry* current = m_context.bench.currentSet();
    if (!current)
        return;
    const Setup setup = m_context.bench.setup().setup();
    const SetId id = current->id;
    SensitivityRequest request;
    request.factors = current->set;
    request.length = setup.targetLength;
    Laboratory& laboratory = m_context.laboratory;
    m_context.jobs.add<SensitivityReport>(
        tr("sensitivity of %1").arg(current->name),
        [&laboratory, setup, request](const RunControl& control,
                                      const JobChannel&) mutable -> Outcome<SensitivityReport> {
            auto opened = laboratory.open(setup, control);
            if (auto* error = std::get_if<Error>(&opened))
                return *error;
            if (std::holds_alternative<Cancelled>(opened))
                return Cancelled{};
            const LabBench& bench = std::get<LabBench>(opened);
            request.attention = bench.attention;
            return ropescope::measureSensitivity(*bench.model, *bench.text, request, control);
        },
        [this, id, length = setup.targetLength](const SensitivityReport& report) {
            m_context.bench.sensitivity().setSensitivity(
                {id, length, report.nll, report.byLogFactor, report.byAttentionFactor, report.byRadian});
        });
}

} // namespace ropescope
