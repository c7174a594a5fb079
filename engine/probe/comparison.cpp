#include "engine/probe/comparison.h"

#include <algorithm>
#include <functional>

#include "engine/probe/guard.h"
#include "engine/probe/scoring.h"

namespace ropescope {
namespace {

std::vector<std::vector<float>> minus(const std::vector<std::vector<float>>& b,
                                      const std::vector<std::vector<float>>& a) {
    std::vector<std::vector<float>> differences = b;
    for (std::size_t window = 0; window < a.size(); ++window)
        std::ranges::transform(b[window], a[window], differences[window].begin(), std::minus{});
    return differences;
}

} // namespace

ComparisonReport compareNlls(std::vector<FactorSet> factorSets,
                             const std::vector<std::vector<std::vector<float>>>& nlls) {
    ComparisonReport report;
    report.factorSets = std::move(factorSets);
    if (nlls.empty())
        return report;
    std::size_t longest = 0;
    for (const std::vector<float>& window : nlls.front())
        longest = std::max(longest, window.size());
    // The first token of a window has no NLL: the first entry belongs to position 1.
    const auto edges = positionEdges(1, 1 + static_cast<std::int64_t>(longest));
    report.windows = static_cast<std::int64_t>(nlls.front().size());
    report.windowsAreUnits = report.windows >= BlockRule{}.enoughWindows;
    for (const auto& windows : nlls) {
        report.nll.push_back(estimateMean(cutIntoBlocks(windows)));
        report.byPosition.push_back(bandByPosition(windows, 1, edges));
    }
    for (std::size_t a = 0; a < nlls.size(); ++a)
        for (std::size_t b = a + 1; b < nlls.size(); ++b) {
            const auto differences = minus(nlls[b], nlls[a]);
            report.differences.push_back(
                {a, b, estimateMean(cutIntoBlocks(differences)), bandByPosition(differences, 1, edges)});
        }
    return report;
}

Outcome<ComparisonReport> compareFactorSets(LanguageModel& model, const Corpus& corpus,
                                            const ComparisonRequest& request, const RunControl& control) {
    return guarded([&]() -> Outcome<ComparisonReport> {
        if (request.factorSets.size() < 2)
            return usageError("a comparison needs at least two factor sets");
        const bool beginOfText = request.beginOfText.has_value();
        auto plan = planWindows(corpus, {request.length, beginOfText, DisjointProtocol{}, request.windowLimit});
        if (!plan)
            return plan.error();
        const TokenProgress progress{"comparing", 0,
                                     static_cast<double>(request.factorSets.size()) *
                                         static_cast<double>(tokensFed(plan->windows, beginOfText))};
        auto outcome =
            scoreWindows(model, corpus, {plan->windows, request.factorSets, request.beginOfText, request.attention},
                         progress, control);
        if (auto* error = std::get_if<Error>(&outcome))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        ComparisonReport report = compareNlls(request.factorSets, std::get<WindowNlls>(outcome));
        report.shortDocuments = plan->shortDocuments;
        return report;
    });
}

} // namespace ropescope
