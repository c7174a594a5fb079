#include "app/window/sensitivity_controller.h"

#include "app/window/probe_work.h"

namespace ropescope {

SensitivityController::SensitivityController(const WindowContext& context, QObject* parent)
    : QObject(parent), m_context(context) {
    connect(&context.study, &StudyKeeper::read, this, &SensitivityController::showKept);
}

void SensitivityController::measure() {
    const FactorSetEntry* current = m_context.bench.currentSet();
    if (!current)
        return;
    const Setup setup = m_context.bench.setup().setup();
    SensitivityRequest request;
    request.factors = current->set;
    request.length = setup.targetLength;
    m_context.jobs.add<SensitivityReport>(
        tr("sensitivity of %1").arg(current->name),
        [place = ProbePlace{m_context.laboratory, m_context.study.file(), setup},
         request](const RunControl& control, const JobChannel&) { return runSensitivity(place, request, control); },
        [bench = QPointer<Bench>(&m_context.bench), id = current->id, factors = current->set,
         setup](const SensitivityReport& report) {
            // A set that was edited meanwhile, or another text, has no claim to the numbers.
            const FactorSetEntry* entry = bench ? bench->sets().find(id) : nullptr;
            if (entry && sameFactors(entry->set, factors) &&
                measurementBasis(bench->setup().setup()) == measurementBasis(setup))
                bench->sensitivity().setSensitivity({id, setup.targetLength, report.nll, report.byLogFactor,
                                                     report.byAttentionFactor, report.byRadian});
        },
        JobKind::work, m_context.study.file()->engineNeeds());
}

// The newest one of a set that is there; the current set's first of all.
void SensitivityController::showKept(const KeptMeasurements& kept) {
    for (const bool currentOnly : {true, false})
        for (auto one = kept.sensitivities.rbegin(); one != kept.sensitivities.rend(); ++one)
            for (const SetId set : ownersOf(m_context.bench.sets(), one->factors))
                if (!currentOnly || set == m_context.bench.selection().set()) {
                    Sensitivity sensitivity = one->value;
                    sensitivity.set = set;
                    m_context.bench.sensitivity().setSensitivity(sensitivity);
                    return;
                }
}

} // namespace ropescope
