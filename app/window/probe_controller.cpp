#include "app/window/probe_controller.h"

#include <algorithm>

#include "app/window/job_outcome.h"
#include "app/window/kept_measurements.h"

namespace ropescope {

namespace {

// Takes results to the sets that still are what was scored, as long as the setup is the same.
class SetResults {
public:
    SetResults(Bench& bench, std::vector<SetId> sets, std::vector<FactorSet> factors)
        : m_bench(&bench), m_basis(measurementBasis(bench.setup().setup())), m_sets(std::move(sets)),
          m_factors(std::move(factors)) {}

    [[nodiscard]] bool current() const { return m_bench && measurementBasis(m_bench->setup().setup()) == m_basis; }
    [[nodiscard]] bool current(std::size_t index) const {
        const FactorSetEntry* entry = current() ? m_bench->sets().find(m_sets[index]) : nullptr;
        return entry && sameFactors(entry->set, m_factors[index]);
    }
    [[nodiscard]] SetId set(std::size_t index) const { return m_sets[index]; }
    void add(std::size_t index, const Measurement& measurement) const {
        if (current(index))
            m_bench->sets().addMeasurement(m_sets[index], measurement);
    }

private:
    QPointer<Bench> m_bench;
    QString m_basis;
    std::vector<SetId> m_sets;
    std::vector<FactorSet> m_factors; // as they are scored
};

} // namespace

ProbeController::ProbeController(const WindowContext& context, ProbesPage& page)
    : QObject(&page), m_context(context), m_page(page) {
    connect(&page, &ProbesPage::perplexityRequested, this, &ProbeController::measure);
    connect(&page, &ProbesPage::passkeyRequested, this, &ProbeController::tryPasskeys);
    connect(&page, &ProbesPage::cancelRequested, this, &ProbeController::cancel);
    connect(&context.study, &StudyKeeper::read, this, &ProbeController::showKept);
}

ProbePlace ProbeController::place() const {
    return {m_context.laboratory, m_context.study.file(), m_context.bench.setup().setup()};
}

void ProbeController::measure(const PerplexityPlan& plan) {
    PerplexityWork work{plan.sets, {}, plan.lengths, plan.windows, m_page.model().comparison()};
    for (const SetId set : plan.sets)
        if (const FactorSetEntry* entry = m_context.bench.sets().find(set))
            work.factors.push_back(entry->set);
    if (work.factors.size() != plan.sets.size() || plan.sets.empty() || plan.lengths.empty())
        return;
    const FactorSetEntry* first = m_context.bench.sets().find(plan.sets.front());
    const SetResults results(m_context.bench, plan.sets, work.factors);
    EngineJob* job = m_context.jobs.add<ProbeComparison>(
        plan.sets.size() == 1 ? tr("perplexity of %1").arg(first->name)
                              : tr("perplexity, sets: %1").arg(plan.sets.size()),
        [place = place(), work, results](const RunControl& control, const JobChannel& channel) {
            const PerplexitySink sink = [&](std::size_t index, const PerplexityResult& measured) {
                channel.post([results, index, one = measurementOf(measured)] { results.add(index, one); });
            };
            return runPerplexity(place, work, sink, control);
        },
        [page = QPointer<ProbesPage>(&m_page), results](const ProbeComparison& comparison) {
            if (page && results.current())
                page->model().setComparison(comparison);
        },
        JobKind::work, m_context.study.file()->engineNeeds());
    follow(*job, ProbeKind::perplexity);
}

void ProbeController::measureSet(SetId set) {
    const std::int64_t target = m_context.bench.setup().setup().targetLength;
    if (target > 0)
        measure({{set}, {target}, m_page.windows()});
}

void ProbeController::measureMissing() {
    const std::int64_t target = m_context.bench.setup().setup().targetLength;
    PerplexityPlan plan{{}, {target}, m_page.windows()};
    for (const FactorSetEntry& entry : m_context.bench.sets().entries()) {
        const auto measured = entry.measuredAt(target);
        // A search's own score stands in for a measurement: it is of its one window.
        if (entry.visible && (!measured || measured->tokens == 0))
            plan.sets.push_back(entry.id);
    }
    if (target > 0)
        measure(plan);
}

void ProbeController::tryPasskeys(const PasskeyPlan& plan) {
    PasskeyRequest request;
    std::vector<SetId> owners;
    std::vector<FactorSet> factors;
    for (const SetId set : plan.sets)
        if (const FactorSetEntry* entry = m_context.bench.sets().find(set))
            for (const std::int64_t length : plan.lengths) {
                request.cases.push_back({entry->set, length});
                owners.push_back(set);
                factors.push_back(entry->set);
            }
    if (request.cases.empty())
        return;
    ExactPrompts prompts;
    prompts.depths = plan.depths;
    request.style = prompts;
    request.trials = plan.trials;
    const SetResults results(m_context.bench, std::move(owners), std::move(factors));
    EngineJob* job = m_context.jobs.add<PasskeyReport>(
        tr("passkeys"),
        [place = place(), request, results, page = QPointer<ProbesPage>(&m_page)](const RunControl& control,
                                                                                  const JobChannel& channel) {
            const auto sink = [&](const PasskeyCell& cell) {
                if (const auto result = resultOf(cell))
                    channel.post([page, results, index = cell.index, one = *result] {
                        if (page && results.current(index))
                            page->model().addPasskey(results.set(index), one);
                    });
            };
            return runPasskeys(place, request, sink, control);
        },
        [](const PasskeyReport&) {}, JobKind::work, m_context.study.file()->engineNeeds());
    follow(*job, ProbeKind::passkey);
}

// The page says how the oldest job is doing; it runs until the last of its kind has ended.
void ProbeController::follow(EngineJob& job, ProbeKind kind) {
    m_page.model().setPhase(kind, ProbePhase::running);
    m_active.push_back({&job, kind});
    const auto showStatus = [this] {
        if (!m_active.empty() && m_active.front().job)
            m_page.setStatus(JobQueue::statusText(*m_active.front().job));
    };
    connect(&job, &EngineJob::progressChanged, this, showStatus);
    connect(&job, &EngineJob::stateChanged, this, showStatus);
    const QString basis = measurementBasis(m_context.bench.setup().setup());
    connect(&job, &EngineJob::finished, this, [this, kind, basis, &job] {
        std::erase_if(m_active, [&](const Active& one) { return one.job == &job; });
        const bool more =
            std::any_of(m_active.begin(), m_active.end(), [kind](const Active& one) { return one.kind == kind; });
        if (!more && basis == measurementBasis(m_context.bench.setup().setup()))
            m_page.model().setPhase(kind, phaseOf(job), job.message());
    });
    showStatus();
}

void ProbeController::cancel() {
    const auto active = m_active; // a waiting job ends at once and leaves the list
    for (const Active& one : active)
        if (one.job)
            one.job->cancel();
}

// A study that no window kept sets in was made by the client: what it measured comes in as sets of their own.
void ProbeController::addMeasuredSets(const KeptMeasurements& kept) {
    if (!kept.sets.empty())
        return;
    FactorSetStore& sets = m_context.bench.sets();
    const auto pairs = static_cast<std::size_t>(m_context.bench.setup().setup().geometry.pairs());
    for (const auto& measured : kept.perplexities) {
        if (measured.factors.factors.size() != pairs || !ownersOf(sets, measured.factors).empty())
            continue;
        FactorSetEntry entry;
        entry.id = sets.newId();
        entry.name = sets.freeName(QString::fromStdString(measured.factors.origin));
        entry.origin = SetOrigin::import;
        entry.colour = sets.freeColour();
        entry.set = measured.factors;
        sets.insert(entry);
    }
}

// What a study knows of the sets that are there.
void ProbeController::showKept(const KeptMeasurements& kept) {
    addMeasuredSets(kept);
    FactorSetStore& sets = m_context.bench.sets();
    for (const auto& measured : kept.perplexities)
        for (const SetId set : ownersOf(sets, measured.factors))
            sets.addMeasurement(set, measured.value);
    for (const auto& tried : kept.passkeys)
        for (const SetId set : ownersOf(sets, tried.factors))
            m_page.model().addPasskey(set, tried.value);
    ProbeComparison comparison = kept.comparison;
    nameSets(sets, comparison);
    m_page.model().setComparison(std::move(comparison));
}

} // namespace ropescope
