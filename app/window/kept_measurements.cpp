#include "app/window/kept_measurements.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace ropescope {

namespace {

using Nlls = std::vector<std::vector<float>>;

Measurement measurementOf(const Estimate& nll, double perplexity, std::int64_t length) {
    Measurement measurement;
    measurement.length = length;
    measurement.nll = nll.mean;
    measurement.perplexity = perplexity;
    // Of the exponential: perplexity times the error of the mean NLL.
    const double error = perplexity * nll.standardError;
    measurement.standardError = std::isfinite(error) ? error : 0;
    measurement.tokens = nll.tokens;
    return measurement;
}

// What a report says of the sets of a comparison, which are its sets.
void takeReport(const ComparisonReport& report, ProbeComparison& comparison) {
    comparison.windows = report.windows;
    comparison.windowsAreUnits = report.windowsAreUnits;
    for (std::size_t i = 0; i < comparison.sets.size(); ++i) {
        comparison.sets[i].nll = report.nll[i];
        comparison.sets[i].byPosition = report.byPosition[i];
    }
    for (const PairedDifference& difference : report.differences)
        comparison.differences.push_back({difference.a, difference.b, difference.difference, difference.byPosition});
}

bool sameTokens(const TokenNlls& a, const Nlls& b) {
    return a && std::equal(a->begin(), a->end(), b.begin(), b.end(),
                           [](const auto& x, const auto& y) { return x.size() == y.size(); });
}

void addPerplexities(const PerplexityProbe& probe, KeptMeasurements& kept) {
    for (const PerplexityResult& result : probe.results)
        kept.perplexities.push_back({result.factors, measurementOf(result)});
    // One set alone does not take the place of a comparison.
    auto comparison = comparisonOf(probe.results, {}, kept.comparison);
    if (!comparison.differences.empty() || kept.comparison.differences.empty())
        kept.comparison = std::move(comparison);
}

// Without tokens: another set can't be paired with these later.
void addComparison(const ComparisonProbe& probe, KeptMeasurements& kept) {
    const ComparisonReport& report = probe.report;
    ProbeComparison comparison;
    comparison.length = probe.request.length;
    for (std::size_t i = 0; i < report.factorSets.size(); ++i) {
        comparison.sets.push_back({noSet, report.factorSets[i], nullptr, {}, {}});
        kept.perplexities.push_back(
            {report.factorSets[i], measurementOf(report.nll[i], std::exp(report.nll[i].mean), comparison.length)});
    }
    takeReport(report, comparison);
    kept.comparison = std::move(comparison);
}

void addPasskeys(const PasskeyProbe& probe, KeptMeasurements& kept) {
    for (const PasskeyCell& cell : probe.report.cells)
        if (const auto result = resultOf(cell))
            kept.passkeys.push_back({probe.request.cases[cell.index].factors, *result});
}

KeptLandscape landscapeOf(const LandscapeProbe& probe) {
    KeptLandscape kept;
    kept.plan.base = probe.request.base;
    for (const LandscapeAxis& axis : probe.request.axes)
        kept.plan.axes.push_back({axis.pairs, axis.range});
    kept.plan.points = probe.request.points;
    kept.plan.length = probe.request.length;
    kept.plan.windows = probe.request.windowLimit;
    for (const LandscapePoint& point : probe.report.points)
        kept.samples.push_back({point.scale, point.nll});
    kept.finished = probe.finished;
    return kept;
}

// Sensitivities of other distances or more windows than the window asks for are shown all the same: they are exact.
Sensitivity sensitivityOf(const SensitivityProbe& probe) {
    const SensitivityReport& report = probe.report;
    return {noSet, probe.request.length, report.nll, report.byLogFactor, report.byAttentionFactor, report.byRadian};
}

} // namespace

bool sameFactors(const FactorSet& a, const FactorSet& b) {
    return a.factors == b.factors && a.attentionFactor == b.attentionFactor;
}

std::vector<SetId> ownersOf(const FactorSetStore& sets, const FactorSet& factors) {
    std::vector<SetId> owners;
    for (const FactorSetEntry& entry : sets.entries())
        if (sameFactors(entry.set, factors))
            owners.push_back(entry.id);
    return owners;
}

Measurement measurementOf(const PerplexityResult& result) {
    return measurementOf(result.nll, result.perplexity, result.length);
}

std::optional<PasskeyResult> resultOf(const PasskeyCell& cell) {
    if (!cell.depth)
        return std::nullopt;
    return PasskeyResult{cell.length, *cell.depth, cell.trials, cell.correct, cell.interval};
}

// Each set once, also where several have the same factors.
void nameSets(const FactorSetStore& sets, ProbeComparison& comparison) {
    std::vector<SetId> named;
    for (ProbeComparison::Scored& scored : comparison.sets) {
        const auto owners = ownersOf(sets, scored.factors);
        const auto owner = std::find_if(owners.begin(), owners.end(), [&](SetId id) {
            return std::find(named.begin(), named.end(), id) == named.end();
        });
        scored.set = owner == owners.end() ? noSet : *owner;
        named.push_back(scored.set);
    }
}

ProbeComparison comparisonOf(const std::vector<PerplexityResult>& results, const std::vector<SetId>& ids,
                             const ProbeComparison& before) {
    ProbeComparison comparison;
    for (const PerplexityResult& result : results)
        comparison.length = std::max(comparison.length, result.length);
    for (const PerplexityResult& result : results)
        if (result.length == comparison.length)
            comparison.sets.push_back({noSet, result.factors, std::make_shared<const Nlls>(result.tokenNll), {}, {}});
    const std::size_t fresh = comparison.sets.size();
    for (std::size_t i = 0; i < std::min(fresh, ids.size()); ++i)
        comparison.sets[i].set = ids[i];
    const auto same = [&ids](const ProbeComparison::Scored& a, const ProbeComparison::Scored& b) {
        return ids.empty() ? sameFactors(a.factors, b.factors) : a.set == b.set;
    };
    for (const ProbeComparison::Scored& earlier : before.sets) {
        const bool again = std::any_of(comparison.sets.begin(), comparison.sets.end(),
                                       [&](const auto& one) { return same(one, earlier); });
        if (!again && fresh > 0 && before.length == comparison.length &&
            sameTokens(earlier.nlls, *comparison.sets.front().nlls))
            comparison.sets.push_back(earlier);
    }
    std::vector<FactorSet> factors;
    std::vector<Nlls> nlls;
    for (const ProbeComparison::Scored& scored : comparison.sets) {
        factors.push_back(scored.factors);
        nlls.push_back(*scored.nlls);
    }
    takeReport(compareNlls(std::move(factors), nlls), comparison);
    return comparison;
}

KeptMeasurements measurementsIn(const StudyContents& contents, const AttentionForm& attention) {
    KeptMeasurements kept;
    kept.sets = contents.factorSets;
    for (const StudyProbe& probe : contents.probes) {
        const bool comparable =
            std::visit([&](const auto& one) { return one.request.attention == attention; }, probe.result);
        // What a checkpoint of a training run scored is no result of the study's model.
        if (!comparable || probe.checkpoint)
            continue;
        if (const auto* perplexity = std::get_if<PerplexityProbe>(&probe.result))
            addPerplexities(*perplexity, kept);
        else if (const auto* comparison = std::get_if<ComparisonProbe>(&probe.result))
            addComparison(*comparison, kept);
        else if (const auto* passkey = std::get_if<PasskeyProbe>(&probe.result))
            addPasskeys(*passkey, kept);
        else if (const auto* landscape = std::get_if<LandscapeProbe>(&probe.result))
            kept.landscapes.push_back(landscapeOf(*landscape));
        else if (const auto* sensitivity = std::get_if<SensitivityProbe>(&probe.result))
            kept.sensitivities.push_back({sensitivity->request.factors, sensitivityOf(*sensitivity)});
    }
    return kept;
}

} // namespace ropescope
