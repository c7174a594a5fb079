#include "app/window/probe_work.h"

#include <chrono>
#include <cmath>
#include <span>
#include <utility>

#include "app/window/kept_measurements.h"
#include "engine/probe/scoring.h"
#include "engine/session/kept_landscape.h"

namespace ropescope {

namespace {

// A model with a text, and the study that says so.
struct Opened {
    LabBench bench;
    Study* study = nullptr;

    [[nodiscard]] Result<ProbeId> keep(const ProbeResult& result) const {
        return study->addProbe(result, bench.model->computeType(), bench.model->deviceName());
    }
};

Outcome<Opened> openPlace(const ProbePlace& place, const RunControl& control) {
    auto bench = place.laboratory.open(place.setup, control);
    if (auto* error = std::get_if<Error>(&bench))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(bench))
        return Cancelled{};
    Opened opened{std::get<LabBench>(std::move(bench)), nullptr};
    auto study = place.file->openFor(place.setup, opened.bench, control);
    if (auto* error = std::get_if<Error>(&study))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(study))
        return Cancelled{};
    opened.study = std::get<Study*>(study);
    return opened;
}

// Whether an outcome has its value; else `stopped` becomes what the caller returns.
template <class Report, class Value>
bool went(Outcome<Value>& outcome, Outcome<Report>& stopped) {
    if (auto* error = std::get_if<Error>(&outcome))
        stopped = std::move(*error);
    else if (std::holds_alternative<Cancelled>(outcome))
        stopped = Cancelled{};
    else
        return true;
    return false;
}

// The windows of every length; the text decides how many there are.
Result<std::vector<WindowPlan>> windowPlans(const Corpus& text, const PerplexityWork& work) {
    std::vector<WindowPlan> plans;
    for (const std::int64_t length : work.lengths) {
        auto windows = planWindows(
            text, {.length = length, .beginOfText = false, .protocol = DisjointProtocol{}, .limit = work.windows});
        if (!windows)
            return fail(windows.error());
        plans.push_back(std::move(*windows));
    }
    return plans;
}

// One set over the windows of one length.
Outcome<PerplexityResult> measureSet(const LabBench& bench, const FactorSet& factors, std::int64_t length,
                                     const WindowPlan& plan, const TokenProgress& progress, const RunControl& control) {
    bench.model->resetPeakMemory();
    const auto started = std::chrono::steady_clock::now();
    auto scored = scoreWindows(*bench.model, *bench.text, {plan.windows, std::span(&factors, 1), {}, bench.attention},
                               progress, control);
    Outcome<PerplexityResult> stopped = Cancelled{};
    if (!went(scored, stopped))
        return stopped;
    PerplexityResult result;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    result.factors = factors;
    result.length = length;
    result.shortDocuments = plan.shortDocuments;
    result.windows = plan.windows;
    result.tokensFed = tokensFed(plan.windows, false);
    result.peakMemoryBytes = bench.model->peakMemoryBytes();
    result.tokenNll = std::move(std::get<WindowNlls>(scored).front());
    result.nll = estimateMean(cutIntoBlocks(result.tokenNll));
    result.perplexity = std::exp(result.nll.mean);
    return result;
}

// What the study knows: the same forward passes would give the same numbers. Null where they were not done.
const PerplexityResult* knownResult(const Opened& opened, const FactorSet& factors, std::int64_t length,
                                    const WindowPlan& plan) {
    for (const StudyProbe& probe : opened.study->contents().probes) {
        const auto* perplexity = std::get_if<PerplexityProbe>(&probe.result);
        if (!perplexity || probe.checkpoint || probe.computeType != opened.bench.model->computeType() ||
            probe.device != opened.bench.model->deviceName())
            continue;
        const PerplexityRequest& request = perplexity->request;
        if (request.averaging != Averaging::byToken || request.beginOfText || request.contextTokens != 0 ||
            request.attention != opened.bench.attention)
            continue;
        for (const PerplexityResult& result : perplexity->results)
            if (result.length == length && sameFactors(result.factors, factors) && result.windows == plan.windows)
                return &result;
    }
    return nullptr;
}

// A request that its results answer: the lengths that were finished.
PerplexityProbe probeOf(std::vector<PerplexityResult> results, const AttentionForm& attention) {
    PerplexityProbe probe;
    probe.request.protocol = DisjointProtocol{};
    probe.request.attention = attention;
    for (const PerplexityResult& result : results)
        probe.request.cases.push_back({result.factors, result.length});
    probe.results = std::move(results);
    return probe;
}

} // namespace

Outcome<ProbeComparison> runPerplexity(const ProbePlace& place, const PerplexityWork& work, const PerplexitySink& sink,
                                       const RunControl& control) {
    Outcome<ProbeComparison> end = Cancelled{};
    auto opening = openPlace(place, control);
    if (!went(opening, end))
        return end;
    const auto& opened = std::get<Opened>(opening);
    const auto plans = windowPlans(*opened.bench.text, work);
    if (!plans)
        return plans.error();
    TokenProgress progress{"perplexity", 0, 0};
    for (std::size_t i = 0; i < plans->size(); ++i)
        for (const FactorSet& factors : work.factors)
            if (!knownResult(opened, factors, work.lengths[i], (*plans)[i]))
                progress.total += static_cast<double>(tokensFed((*plans)[i].windows, false));
    std::vector<PerplexityResult> all;
    std::vector<PerplexityResult> measured;
    const auto take = [&](std::size_t set, const PerplexityResult& result) {
        sink(set, result);
        all.push_back(result);
    };
    const auto measureAll = [&] {
        for (std::size_t i = 0; i < plans->size(); ++i)
            for (std::size_t set = 0; set < work.factors.size(); ++set) {
                const WindowPlan& plan = (*plans)[i];
                if (const auto* known = knownResult(opened, work.factors[set], work.lengths[i], plan)) {
                    take(set, *known);
                    continue;
                }
                auto result = measureSet(opened.bench, work.factors[set], work.lengths[i], plan, progress, control);
                if (!went(result, end))
                    return false;
                progress.before += static_cast<double>(tokensFed(plan.windows, false));
                measured.push_back(std::get<PerplexityResult>(std::move(result)));
                take(set, measured.back());
            }
        return true;
    };
    if (measureAll())
        end = comparisonOf(all, work.sets, work.before);
    if (!measured.empty())
        if (const auto kept = opened.keep(probeOf(std::move(measured), opened.bench.attention)); !kept)
            return kept.error();
    return end;
}

Outcome<PasskeyReport> runPasskeys(const ProbePlace& place, PasskeyRequest request,
                                   const std::function<void(const PasskeyCell&)>& sink, const RunControl& control) {
    Outcome<PasskeyReport> end = Cancelled{};
    auto opening = openPlace(place, control);
    if (!went(opening, end))
        return end;
    const auto& opened = std::get<Opened>(opening);
    if (!opened.bench.tokenizer)
        return usageError("This model has no tokenizer, and a passkey prompt is text. Choose a model with one.");
    request.attention = opened.bench.attention;
    PasskeyReport done;
    end = measurePasskey(
        *opened.bench.model, *opened.bench.tokenizer, request,
        [&](const PasskeyCell& cell) {
            done.cells.push_back(cell);
            sink(cell);
        },
        control);
    if (const auto* report = std::get_if<PasskeyReport>(&end))
        done = *report;
    if (!done.cells.empty())
        if (const auto kept = opened.keep(PasskeyProbe{request, std::move(done)}); !kept)
            return kept.error();
    return end;
}

Outcome<LandscapeReport> runLandscape(const ProbePlace& place, LandscapeRequest request, const LandscapeSink& sink,
                                      const RunControl& control) {
    Outcome<LandscapeReport> end = Cancelled{};
    auto opening = openPlace(place, control);
    if (!went(opening, end))
        return end;
    const auto& opened = std::get<Opened>(opening);
    request.attention = opened.bench.attention;
    return measureKeptLandscape(*opened.study, *opened.bench.model, *opened.bench.text, std::move(request), sink,
                                control);
}

Outcome<SensitivityReport> runSensitivity(const ProbePlace& place, SensitivityRequest request,
                                          const RunControl& control) {
    Outcome<SensitivityReport> end = Cancelled{};
    auto opening = openPlace(place, control);
    if (!went(opening, end))
        return end;
    const auto& opened = std::get<Opened>(opening);
    request.attention = opened.bench.attention;
    end = measureSensitivity(*opened.bench.model, *opened.bench.text, request, control);
    if (const auto* report = std::get_if<SensitivityReport>(&end))
        if (const auto kept = opened.keep(SensitivityProbe{request, *report}); !kept)
            return kept.error();
    return end;
}

} // namespace ropescope
