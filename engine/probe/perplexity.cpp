#include "engine/probe/perplexity.h"

#include <chrono>
#include <cmath>

#include "engine/probe/guard.h"
#include "engine/probe/scoring.h"

namespace ropescope {
namespace {

Estimate averageOf(const std::vector<std::vector<float>>& tokenNll, Averaging averaging) {
    const Estimate byToken = estimateMean(cutIntoBlocks(tokenNll));
    if (averaging == Averaging::byToken)
        return byToken;
    std::vector<Block> means;
    for (const std::vector<float>& window : tokenNll)
        if (!window.empty())
            means.push_back({estimateMean(cutIntoBlocks({&window, 1})).mean, 1});
    Estimate byWindow = estimateMean(means);
    byWindow.tokens = byToken.tokens;
    return byWindow;
}

} // namespace

double PerplexityResult::tokensPerSecond() const {
    return seconds > 0 ? static_cast<double>(tokensFed) / seconds : 0;
}

Outcome<std::vector<PerplexityResult>> measurePerplexity(LanguageModel& model, const Corpus& corpus,
                                                         const PerplexityRequest& request, const RunControl& control) {
    return guarded([&]() -> Outcome<std::vector<PerplexityResult>> {
        const bool beginOfText = request.beginOfText.has_value();
        std::vector<PerplexityResult> results;
        TokenProgress progress{"perplexity", 0, 0};
        for (const PerplexityCase& one : request.cases) {
            if (auto sound = checkFactors(one.factors, model.config()); !sound)
                return sound.error();
            auto plan = planWindows(corpus, {one.length, beginOfText, request.protocol, 0, request.contextTokens});
            if (!plan)
                return plan.error();
            PerplexityResult& result = results.emplace_back();
            result.factors = one.factors;
            result.length = one.length;
            result.shortDocuments = plan->shortDocuments;
            result.windows = std::move(plan->windows);
            result.tokensFed = tokensFed(result.windows, beginOfText);
            progress.total += static_cast<double>(result.tokensFed);
        }
        for (PerplexityResult& result : results) {
            model.resetPeakMemory();
            const auto started = std::chrono::steady_clock::now();
            auto outcome = scoreWindows(model, corpus,
                                        {result.windows, {&result.factors, 1}, request.beginOfText, request.attention},
                                        progress, control);
            if (auto* error = std::get_if<Error>(&outcome))
                return std::move(*error);
            if (std::holds_alternative<Cancelled>(outcome))
                return Cancelled{};
            result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
            result.peakMemoryBytes = model.peakMemoryBytes();
            result.tokenNll = std::move(std::get<WindowNlls>(outcome).front());
            result.nll = averageOf(result.tokenNll, request.averaging);
            result.perplexity = std::exp(result.nll.mean);
            progress.before += static_cast<double>(result.tokensFed);
        }
        return results;
    });
}

} // namespace ropescope
