#include "engine/probe/landscape.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/probe/guard.h"
#include "engine/probe/scoring.h"
#include "engine/probe/statistics.h"

namespace ropescope {
namespace {

// Candidates that share their tokens go to the model together where a text is too short to fill a device by itself.
constexpr std::int64_t tokensTogether = 8192;

Result<void> check(const LandscapeRequest& request, const ModelConfig& config) {
    if (auto sound = checkFactors(request.base, config); !sound)
        return sound;
    if (request.axes.empty() || request.axes.size() > 2)
        return fail(
            usageError(fmt::format("a landscape has one or two segments of pairs, got {}", request.axes.size())));
    for (const LandscapeAxis& axis : request.axes)
        if (axis.pairs.first < 0 || axis.pairs.end <= axis.pairs.first || axis.pairs.end > config.rope.pairs())
            return fail(usageError(fmt::format("pairs {}-{} do not lie within the model's pairs 0-{}", axis.pairs.first,
                                               axis.pairs.end - 1, config.rope.pairs() - 1)));
    if (request.axes.size() == 2) {
        const Segment& a = request.axes[0].pairs;
        const Segment& b = request.axes[1].pairs;
        if (a.first < b.end && b.first < a.end)
            return fail(usageError("the two segments share pairs"));
    }
    return {};
}

Result<std::unique_ptr<LandscapeSampler>> samplerFor(const LandscapeRequest& request) {
    return request.axes.size() == 1 ? sampleCurve(request.axes[0].range, request.points)
                                    : sampleGrid(request.axes[0].range, request.axes[1].range, request.points);
}

// Tells the sampler all that is known of what it wants, until it wants something new.
void tellKnown(LandscapeSampler& sampler, const std::vector<LandscapePoint>& known,
               std::vector<LandscapePoint>& points) {
    for (bool told = true; told;) {
        told = false;
        for (const std::vector<double>& scale : sampler.wanted()) {
            const auto point = std::ranges::find(known, scale, &LandscapePoint::scale);
            if (point == known.end())
                continue;
            sampler.tell(scale, point->nll);
            points.push_back(*point);
            told = true;
        }
    }
}

} // namespace

FactorSet factorsAt(const LandscapeRequest& request, const std::vector<double>& scale) {
    FactorSet set = request.base;
    for (std::size_t axis = 0; axis < request.axes.size(); ++axis) {
        const Segment& pairs = request.axes[axis].pairs;
        for (int pair = pairs.first; pair < pairs.end; ++pair)
            set.factors[static_cast<std::size_t>(pair)] *= scale[axis];
        set.origin += fmt::format(", pairs {}-{} times {:.6g}", pairs.first, pairs.end - 1, scale[axis]);
    }
    return set;
}

Outcome<LandscapeReport> measureLandscape(LanguageModel& model, const Corpus& corpus, const LandscapeRequest& request,
                                          const LandscapeSink& sink, const RunControl& control) {
    return guarded([&]() -> Outcome<LandscapeReport> {
        if (auto sound = check(request, model.config()); !sound)
            return sound.error();
        const auto sampler = samplerFor(request);
        if (!sampler)
            return sampler.error();
        const bool beginOfText = request.beginOfText.has_value();
        const auto plan = planWindows(corpus, {request.length, beginOfText, DisjointProtocol{}, request.windowLimit});
        if (!plan)
            return plan.error();
        const auto tokens = static_cast<double>(tokensFed(plan->windows, beginOfText));
        const auto together = static_cast<std::size_t>(std::clamp<std::int64_t>(tokensTogether / request.length, 1, 4));

        LandscapeReport report;
        for (const Window& window : plan->windows)
            report.tokens +=
                window.end - window.begin + (beginOfText ? 1 : 0) - firstScoredPosition(window, beginOfText);
        for (;;) {
            tellKnown(**sampler, request.known, report.points);
            auto wanted = (*sampler)->wanted();
            if (wanted.empty())
                break;
            wanted.resize(std::min(wanted.size(), together));
            std::vector<FactorSet> sets;
            for (const auto& scale : wanted)
                sets.push_back(factorsAt(request, scale));
            const TokenProgress progress{"landscape", tokens * static_cast<double>(report.points.size()),
                                         tokens * (*sampler)->plannedPoints()};
            auto outcome = scoreWindows(model, corpus, {plan->windows, sets, request.beginOfText, request.attention},
                                        progress, control);
            if (auto* error = std::get_if<Error>(&outcome))
                return std::move(*error);
            if (std::holds_alternative<Cancelled>(outcome))
                return Cancelled{};
            for (std::size_t index = 0; index < wanted.size(); ++index) {
                const Estimate nll = estimateMean(cutIntoBlocks(std::get<WindowNlls>(outcome)[index]));
                ++report.evaluated;
                report.points.push_back({wanted[index], nll.mean});
                if (sink)
                    if (auto kept = sink(report.points.back()); !kept)
                        return kept.error();
                (*sampler)->tell(wanted[index], nll.mean);
            }
        }
        std::ranges::sort(report.points, {}, &LandscapePoint::scale);
        return report;
    });
}

} // namespace ropescope
