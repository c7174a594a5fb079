#include "engine/probe/scoring.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ropescope {
namespace {

// Enough to fill a device with short windows, few enough that the NLLs and the queries themselves cost nothing; how
// many of them really run at once is the model's decision.
constexpr std::int64_t tokensPerCall = 65536;

std::int64_t tokensIn(const Window& window, bool beginOfText) {
    return window.end - window.begin + (beginOfText ? 1 : 0);
}

// Windows from `first` on that go into one call: equally long, so that they can run as one batch.
std::size_t endOfCall(const ScoringRequest& request, std::size_t first) {
    const bool beginOfText = request.beginOfText.has_value();
    const std::int64_t each = tokensIn(request.windows[first], beginOfText);
    const std::int64_t perWindow = each * static_cast<std::int64_t>(request.factorSets.size());
    std::size_t end = first + 1;
    std::int64_t tokens = perWindow;
    while (end < request.windows.size() && tokensIn(request.windows[end], beginOfText) == each &&
           tokens + perWindow <= tokensPerCall) {
        tokens += perWindow;
        ++end;
    }
    return end;
}

} // namespace

std::int64_t tokensFed(std::span<const Window> windows, bool beginOfText) {
    std::int64_t tokens = 0;
    for (const Window& window : windows)
        tokens += tokensIn(window, beginOfText);
    return tokens;
}

std::int64_t firstScoredPosition(const Window& window, bool beginOfText) {
    return std::max<std::int64_t>(1, window.scoredFrom - window.begin + (beginOfText ? 1 : 0));
}

std::span<const TokenId> windowTokens(const Corpus& corpus, const Window& window, std::optional<TokenId> beginOfText,
                                      std::vector<TokenId>& storage) {
    const auto ids =
        std::span(corpus.documents[window.document].ids)
            .subspan(static_cast<std::size_t>(window.begin), static_cast<std::size_t>(window.end - window.begin));
    if (!beginOfText)
        return ids;
    storage.assign(1, *beginOfText);
    storage.insert(storage.end(), ids.begin(), ids.end());
    return storage;
}

Result<void> checkFactors(const FactorSet& factors, const ModelConfig& config) {
    const auto usable = [](double value) { return std::isfinite(value) && value > 0; };
    if (static_cast<int>(factors.factors.size()) != config.rope.pairs())
        return fail(usageError(fmt::format("{}: the model has {} rotary pairs, the factor set {} factors",
                                           factors.origin, config.rope.pairs(), factors.factors.size())));
    for (std::size_t pair = 0; pair < factors.factors.size(); ++pair)
        if (!usable(factors.factors[pair]))
            return fail(usageError(fmt::format("{}: the factor of pair {} must be positive and finite, got {}",
                                               factors.origin, pair, factors.factors[pair])));
    if (!usable(factors.attentionFactor))
        return fail(usageError(fmt::format("{}: the attention factor must be positive and finite, got {}",
                                           factors.origin, factors.attentionFactor)));
    return {};
}

RunControl stepOf(const RunControl& control, const Progress& before, double amount) {
    RunControl step{control.stop, {}};
    if (control.onProgress)
        step.onProgress = [report = control.onProgress, before, amount, furthest = 0.0](const Progress& inner) mutable {
            if (inner.total > 0)
                furthest = std::clamp(inner.done / inner.total, furthest, 1.0);
            Progress outer = before;
            outer.done += amount * furthest;
            report(outer);
        };
    return step;
}

Outcome<WindowNlls> scoreWindows(LanguageModel& model, const Corpus& corpus, const ScoringRequest& request,
                                 const TokenProgress& progress, const RunControl& control) {
    for (const FactorSet& factors : request.factorSets)
        if (auto sound = checkFactors(factors, model.config()); !sound)
            return sound.error();
    const bool beginOfText = request.beginOfText.has_value();
    WindowNlls result(request.factorSets.size());
    Progress shown{progress.activity, progress.before, progress.total, "tokens"};
    for (std::size_t first = 0; first < request.windows.size();) {
        const std::size_t end = endOfCall(request, first);
        std::vector<std::vector<TokenId>> storage(end - first);
        std::vector<NllQuery> queries;
        double tokens = 0;
        for (std::size_t window = first; window < end; ++window) {
            const auto ids =
                windowTokens(corpus, request.windows[window], request.beginOfText, storage[window - first]);
            for (const FactorSet& factors : request.factorSets)
                queries.push_back({ids, &factors});
        }
        for (const NllQuery& query : queries)
            tokens += static_cast<double>(query.ids.size());

        if (control.stopRequested())
            return Cancelled{};
        control.report(shown);
        auto outcome = model.tokenNll(queries, request.attention, stepOf(control, shown, tokens));
        if (auto* error = std::get_if<Error>(&outcome))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        auto& nlls = std::get<0>(outcome);
        for (std::size_t query = 0; query < queries.size(); ++query) {
            const Window& window = request.windows[first + query / request.factorSets.size()];
            // Entry t of the model's answer is the NLL of the token at position t + 1.
            const std::int64_t skipped = firstScoredPosition(window, beginOfText) - 1;
            nlls[query].erase(nlls[query].begin(), nlls[query].begin() + skipped);
            result[query % request.factorSets.size()].push_back(std::move(nlls[query]));
        }
        shown.done += tokens;
        control.report(shown);
        first = end;
    }
    return result;
}

} // namespace ropescope
