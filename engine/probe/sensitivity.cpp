#include "engine/probe/sensitivity.h"

#include <cmath>

#include "engine/probe/guard.h"
#include "engine/probe/scoring.h"
#include "engine/probe/windows.h"

namespace ropescope {
namespace {

void add(SensitivityReport& report, const NllGradient& gradient, double weight) {
    report.nll += weight * gradient.nll;
    report.byAttentionFactor += weight * gradient.byAttentionFactor;
    report.byLogFactor.resize(gradient.byLogFactor.size());
    for (std::size_t pair = 0; pair < gradient.byLogFactor.size(); ++pair)
        report.byLogFactor[pair] += weight * gradient.byLogFactor[pair];
}

// phase = distance * theta_i / factor_i, so d phase = -phase * d ln factor.
std::vector<double> perRadian(const std::vector<double>& byLogFactor, const FactorSet& factors,
                              const RopeGeometry& geometry, double distance) {
    std::vector<double> result;
    for (std::size_t pair = 0; pair < byLogFactor.size(); ++pair) {
        const double phase = distance * frequency(geometry, static_cast<int>(pair)) / factors.factors[pair];
        result.push_back(-byLogFactor[pair] / phase);
    }
    return result;
}

} // namespace

Outcome<SensitivityReport> measureSensitivity(LanguageModel& model, const Corpus& corpus,
                                              const SensitivityRequest& request, const RunControl& control) {
    return guarded([&]() -> Outcome<SensitivityReport> {
        if (auto sound = checkFactors(request.factors, model.config()); !sound)
            return sound.error();
        if (!std::isfinite(request.distance) || request.distance < 0)
            return usageError("the distance must be a number of tokens above 0");
        const bool beginOfText = request.beginOfText.has_value();
        const auto plan = planWindows(corpus, {request.length, beginOfText, DisjointProtocol{}, request.windowLimit});
        if (!plan)
            return plan.error();
        const auto windows = static_cast<double>(plan->windows.size());
        SensitivityReport report;
        report.windows = static_cast<std::int64_t>(plan->windows.size());
        report.distance = request.distance > 0 ? request.distance : static_cast<double>(request.length);
        Progress shown{"sensitivity", 0, static_cast<double>(tokensFed(plan->windows, beginOfText)), "tokens"};
        std::vector<TokenId> storage;
        for (const Window& window : plan->windows) {
            if (control.stopRequested())
                return Cancelled{};
            control.report(shown);
            const auto ids = windowTokens(corpus, window, request.beginOfText, storage);
            const auto tokens = static_cast<double>(ids.size());
            auto outcome = model.nllGradient(ids, request.factors, request.attention, stepOf(control, shown, tokens));
            if (auto* error = std::get_if<Error>(&outcome))
                return std::move(*error);
            if (std::holds_alternative<Cancelled>(outcome))
                return Cancelled{};
            add(report, std::get<NllGradient>(outcome), 1 / windows);
            shown.done += tokens;
        }
        control.report(shown);
        report.byRadian = perRadian(report.byLogFactor, request.factors, model.config().rope, report.distance);
        return report;
    });
}

} // namespace ropescope
