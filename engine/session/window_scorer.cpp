#include "engine/session/window_scorer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace ropescope {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

FactorSet factorSetOf(const Candidate& candidate) {
    return {candidate.factors, candidate.attentionFactor, "candidate"};
}

double perplexityOf(const std::vector<float>& nlls) {
    return std::exp(std::accumulate(nlls.begin(), nlls.end(), 0.0) / static_cast<double>(nlls.size()));
}

} // namespace

WindowScorer::WindowScorer(LanguageModel& model, std::vector<TokenId> ids, AttentionForm attention)
    : m_model(&model), m_ids(std::move(ids)), m_attention(std::move(attention)) {}

Outcome<std::vector<ScoredCandidate>> WindowScorer::score(std::span<const Candidate> candidates,
                                                          const RunControl& control) {
    if (std::ranges::none_of(candidates, &Candidate::wantsGradient))
        return scoreTogether(candidates, control);
    std::vector<ScoredCandidate> scores;
    for (const Candidate& candidate : candidates) {
        auto outcome = scoreWithGradient(candidate, control);
        if (auto* error = std::get_if<Error>(&outcome))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        scores.push_back(std::get<0>(std::move(outcome)));
    }
    return scores;
}

Outcome<std::vector<ScoredCandidate>> WindowScorer::scoreTogether(std::span<const Candidate> candidates,
                                                                  const RunControl& control) {
    std::vector<FactorSet> sets;
    std::vector<NllQuery> queries;
    std::ranges::transform(candidates, std::back_inserter(sets), factorSetOf);
    for (const FactorSet& set : sets)
        queries.push_back({m_ids, &set});
    const auto start = Clock::now();
    auto outcome = m_model->tokenNll(queries, m_attention, control);
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return Cancelled{};
    const double each = secondsSince(start) / static_cast<double>(candidates.size());
    std::vector<ScoredCandidate> scores;
    for (const auto& nlls : std::get<0>(outcome))
        scores.push_back({{perplexityOf(nlls), std::nullopt}, each});
    return scores;
}

Outcome<ScoredCandidate> WindowScorer::scoreWithGradient(const Candidate& candidate, const RunControl& control) {
    const auto start = Clock::now();
    auto outcome = m_model->nllGradient(m_ids, factorSetOf(candidate), m_attention, control);
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return Cancelled{};
    auto& gradient = std::get<0>(outcome);
    return ScoredCandidate{
        {std::exp(gradient.nll), FactorGradient{std::move(gradient.byLogFactor), gradient.byAttentionFactor}},
        secondsSince(start)};
}

} // namespace ropescope
