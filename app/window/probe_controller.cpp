#include "app/window/probe_controller.h"

#include <algorithm>
#include <cmath>

#include "app/window/job_outcome.h"
#include "engine/probe/comparison.h"
#include "engine/probe/passkey.h"
#include "engine/probe/scoring.h"
#include "engine/probe/windows.h"

namespace ropescope {

namespace {

// The values that a perplexity job works on; nothing of the window.
struct PerplexityWork {
    Setup setup;
    PerplexityPlan plan;
    std::vector<FactorSet> factors; // of the plan's sets
    ProbeComparison before;         // what was compared earlier
};

Measurement measurementOf(const Estimate& nll, std::int64_t length) {
    Measurement measurement;
    measurement.length = length;
    measurement.nll = nll.mean;
    measurement.perplexity = std::exp(nll.mean);
    // Of the exponential: perplexity times the error of the mean NLL.
    const double error = measurement.perplexity * nll.standardError;
    measurement.standardError = std::isfinite(error) ? error : 0;
    measurement.tokens = nll.tokens;
    return measurement;
}

// The windows of every length; the text decides how many there are.
Result<std::vector<WindowPlan>> windowPlans(const Corpus& text, const PerplexityPlan& plan) {
    std::vector<WindowPlan> plans;
    for (const std::int64_t length : plan.lengths) {
        auto windows = planWindows(
            text, {.length = length, .beginOfText = false, .protocol = DisjointProtocol{}, .limit = plan.windows});
        if (!windows)
            return fail(windows.error());
        plans.push_back(std::move(*windows));
    }
    return plans;
}

bool sameTokens(const TokenNlls& a, const std::vector<std::vector<float>>& b) {
    return a && std::equal(a->begin(), a->end(), b.begin(), b.end(),
                           [](const auto& x, const auto& y) { return x.size() == y.size(); });
}

// The new scores, and those of other sets on the same windows.
ProbeComparison comparisonOf(const PerplexityWork& work, WindowNlls nlls) {
    ProbeComparison comparison;
    comparison.length = work.plan.lengths.back();
    for (std::size_t i = 0; i < nlls.size(); ++i) {
        ProbeComparison::Scored scored;
        scored.set = work.plan.sets[i];
        scored.factors = work.factors[i];
        scored.nlls = std::make_shared<const std::vector<std::vector<float>>>(std::move(nlls[i]));
        comparison.sets.push_back(std::move(scored));
    }
    for (const ProbeComparison::Scored& earlier : work.before.sets) {
        const bool again = std::find(work.plan.sets.begin(), work.plan.sets.end(), earlier.set) != work.plan.sets.end();
        if (!again && work.before.length == comparison.length && !comparison.sets.empty() &&
            sameTokens(earlier.nlls, *comparison.sets.front().nlls))
            comparison.sets.push_back(earlier);
    }
    std::vector<FactorSet> factors;
    WindowNlls all;
    for (const ProbeComparison::Scored& scored : comparison.sets) {
        factors.push_back(scored.factors);
        all.push_back(*scored.nlls);
    }
    const ComparisonReport report = compareNlls(std::move(factors), all);
    comparison.windows = report.windows;
    comparison.windowsAreUnits = report.windowsAreUnits;
    for (std::size_t i = 0; i < comparison.sets.size(); ++i) {
        comparison.sets[i].nll = report.nll[i];
        comparison.sets[i].byPosition = report.byPosition[i];
    }
    for (const PairedDifference& difference : report.differences)
        comparison.differences.push_back({difference.a, difference.b, difference.difference, difference.byPosition});
    return comparison;
}

} // namespace

ProbeController::ProbeController(const WindowContext& context, ProbesPage& page)
    : QObject(&page), m_context(context), m_page(page) {
    connect(&page, &ProbesPage::perplexityRequested, this, &ProbeController::measure);
    connect(&page, &ProbesPage::passkeyRequested, this, &ProbeController::tryPasskeys);
    connect(&page, &ProbesPage::cancelRequested, this, &ProbeController::cancel);
}

void ProbeController::measure(const PerplexityPlan& plan) {
    PerplexityWork work{m_context.bench.setup().setup(), plan, {}, m_page.model().comparison()};
    for (const SetId set : plan.sets)
        if (const FactorSetEntry* entry = m_context.bench.sets().find(set))
            work.factors.push_back(entry->set);
    if (work.factors.size() != plan.sets.size() || plan.sets.empty() || plan.lengths.empty())
        return;
    m_page.model().setPhase(ProbeKind::perplexity, ProbePhase::running);
    Laboratory& laboratory = m_context.laboratory;
    // Results of one length: to the sets that still are what was scored.
    const auto store = [sets = QPointer<FactorSetStore>(&m_context.bench.sets()),
                        work](std::int64_t length, const std::vector<Estimate>& nlls) {
        for (std::size_t i = 0; sets && i < nlls.size(); ++i) {
            const FactorSetEntry* entry = sets->find(work.plan.sets[i]);
            if (entry && entry->set == work.factors[i])
                sets->addMeasurement(work.plan.sets[i], measurementOf(nlls[i], length));
        }
    };
    EngineJob* job = m_context.jobs.add<ProbeComparison>(
        tr("perplexity over length, sets: %1").arg(plan.sets.size()),
        [&laboratory, work, store](const RunControl& control, const JobChannel& channel) -> Outcome<ProbeComparison> {
            auto opened = laboratory.open(work.setup, control);
            if (auto* error = std::get_if<Error>(&opened))
                return *error;
            if (std::holds_alternative<Cancelled>(opened))
                return Cancelled{};
            const LabBench& bench = std::get<LabBench>(opened);
            const auto plans = windowPlans(*bench.text, work.plan);
            if (!plans)
                return plans.error();
            TokenProgress progress{"perplexity", 0, 0};
            for (const WindowPlan& one : *plans)
                progress.total +=
                    static_cast<double>(tokensFed(one.windows, false)) * static_cast<double>(work.factors.size());
            WindowNlls longest;
            for (std::size_t i = 0; i < plans->size(); ++i) {
                const WindowPlan& one = (*plans)[i];
                auto scored = scoreWindows(*bench.model, *bench.text, {one.windows, work.factors, {}, bench.attention},
                                           progress, control);
                if (auto* error = std::get_if<Error>(&scored))
                    return *error;
                if (std::holds_alternative<Cancelled>(scored))
                    return Cancelled{};
                progress.before +=
                    static_cast<double>(tokensFed(one.windows, false)) * static_cast<double>(work.factors.size());
                longest = std::get<WindowNlls>(std::move(scored));
                std::vector<Estimate> nlls;
                for (const auto& windows : longest)
                    nlls.push_back(estimateMean(cutIntoBlocks(windows)));
                channel.post([store, length = work.plan.lengths[i], nlls] { store(length, nlls); });
            }
            return comparisonOf(work, std::move(longest));
        },
        [page = QPointer<ProbesPage>(&m_page)](const ProbeComparison& comparison) {
            if (page)
                page->model().setComparison(comparison);
        });
    follow(*job, ProbeKind::perplexity);
}

void ProbeController::tryPasskeys(const PasskeyPlan& plan) {
    PasskeyRequest request;
    std::vector<SetId> owners;
    for (const SetId set : plan.sets)
        if (const FactorSetEntry* entry = m_context.bench.sets().find(set))
            for (const std::int64_t length : plan.lengths) {
                request.cases.push_back({entry->set, length});
                owners.push_back(set);
            }
    if (request.cases.empty())
        return;
    ExactPrompts prompts;
    prompts.depths = plan.depths;
    request.style = prompts;
    request.trials = plan.trials;
    m_page.model().setPhase(ProbeKind::passkey, ProbePhase::running);
    const Setup setup = m_context.bench.setup().setup();
    Laboratory& laboratory = m_context.laboratory;
    EngineJob* job = m_context.jobs.add<PasskeyReport>(
        tr("passkeys"),
        [&laboratory, setup, request, owners, page = QPointer<ProbesPage>(&m_page),
         sets = QPointer<FactorSetStore>(&m_context.bench.sets())](
            const RunControl& control, const JobChannel& channel) mutable -> Outcome<PasskeyReport> {
            auto opened = laboratory.open(setup, control);
            if (auto* error = std::get_if<Error>(&opened))
                return *error;
            if (std::holds_alternative<Cancelled>(opened))
                return Cancelled{};
            const LabBench& bench = std::get<LabBench>(opened);
            if (!bench.tokenizer)
                return usageError(
                    "This model has no tokenizer, and a passkey prompt is text. Choose a model with one.");
            request.attention = bench.attention;
            return measurePasskey(
                *bench.model, *bench.tokenizer, request,
                [&](const PasskeyCell& cell) {
                    const PasskeyResult result{cell.length, cell.depth.value_or(0), cell.trials, cell.correct,
                                               cell.interval};
                    channel.post(
                        [page, sets, set = owners[cell.index], factors = request.cases[cell.index].factors, result] {
                            const FactorSetEntry* entry = sets ? sets->find(set) : nullptr;
                            if (page && entry && entry->set == factors)
                                page->model().addPasskey(set, result);
                        });
                },
                control);
        },
        [](const PasskeyReport&) {});
    follow(*job, ProbeKind::passkey);
}

void ProbeController::follow(EngineJob& job, ProbeKind kind) {
    m_job = &job;
    const auto showStatus = [this, &job] { m_page.setStatus(JobQueue::statusText(job)); };
    connect(&job, &EngineJob::progressChanged, this, showStatus);
    connect(&job, &EngineJob::stateChanged, this, showStatus);
    connect(&job, &EngineJob::finished, this,
            [this, kind, &job] { m_page.model().setPhase(kind, phaseOf(job), job.message()); });
    showStatus();
}

void ProbeController::cancel() {
    if (m_job)
        m_job->cancel();
}

} // namespace ropescope
