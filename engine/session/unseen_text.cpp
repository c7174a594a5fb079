#include "engine/session/unseen_text.h"

#include <cmath>
#include <utility>

#include "engine/probe/scoring.h"
#include "engine/probe/statistics.h"

namespace ropescope {

Result<std::vector<Window>> unseenWindows(const Corpus& corpus, const Window& searched, bool beginOfText, int limit) {
    const std::int64_t width = searched.end - searched.begin;
    auto plan = planWindows(corpus, {.length = width + (beginOfText ? 1 : 0),
                                     .beginOfText = beginOfText,
                                     .protocol = DisjointProtocol{},
                                     .limit = 0});
    if (!plan)
        return fail(std::move(plan.error()));
    std::vector<Window>& all = plan->windows;
    std::erase_if(all, [&](const Window& window) {
        return window.document == searched.document && window.begin < searched.end && window.end > searched.begin;
    });
    const auto tokens = static_cast<std::int64_t>(corpus.documents[searched.document].ids.size());
    if (all.empty() && tokens > searched.end)
        return std::vector<Window>{{searched.document, tokens - width, tokens, searched.end}};
    const auto wanted = static_cast<std::size_t>(limit);
    if (limit <= 0 || all.size() <= wanted)
        return all;
    std::vector<Window> spread;
    for (std::size_t index = 0; index < wanted; ++index)
        spread.push_back(all[index * all.size() / wanted]);
    return spread;
}

Outcome<UnseenComparison> compareOnUnseen(LanguageModel& model, const Corpus& corpus, const UnseenRequest& request,
                                          const RunControl& control) {
    const std::vector<FactorSet> sets{request.unscaled, request.initial, request.found};
    const double total = static_cast<double>(sets.size()) *
                         static_cast<double>(tokensFed(request.windows, request.beginOfText.has_value()));
    auto outcome = scoreWindows(model, corpus, {request.windows, sets, request.beginOfText, request.attention},
                                {"comparing on unseen text", 0, total}, control);
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return Cancelled{};
    const auto& nlls = std::get<WindowNlls>(outcome);
    const auto perplexity = [&](std::size_t set) { return std::exp(estimateMean(cutIntoBlocks(nlls[set])).mean); };
    const Estimate difference = pairedDifference(nlls[1], nlls[2]);
    UnseenComparison unseen;
    unseen.windows = static_cast<std::int64_t>(request.windows.size());
    unseen.tokens = difference.tokens;
    unseen.unscaledPerplexity = perplexity(0);
    unseen.initialPerplexity = perplexity(1);
    unseen.perplexity = perplexity(2);
    unseen.difference = difference.mean;
    unseen.standardError = difference.standardError;
    unseen.units = difference.units;
    unseen.windowsAreUnits = unseen.windows >= BlockRule{}.enoughWindows;
    return unseen;
}

} // namespace ropescope
