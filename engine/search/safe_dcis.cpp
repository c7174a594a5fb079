#include "engine/search/safe_dcis.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace ropescope {
namespace {

SegmentWalkOptions walkOptions(const SafeDcisOptions& options) {
    return {options.increments, options.range, options.clamp, true, options.order};
}

// Puts the vector as it is among the increments, in their order; returns its index.
int insertZero(Decision& decision, double score) {
    const auto place = std::lower_bound(decision.increments.begin(), decision.increments.end(), 0.0);
    const auto index = place - decision.increments.begin();
    if (place != decision.increments.end() && *place == 0.0) {
        decision.scores[static_cast<std::size_t>(index)] = score;
        return static_cast<int>(index);
    }
    decision.increments.insert(place, 0.0);
    decision.scores.insert(decision.scores.begin() + index, score);
    return static_cast<int>(index);
}

} // namespace

Result<std::unique_ptr<SearchMethod>> SafeDcisSearch::make(const SafeDcisOptions& options, const FactorSet& start) {
    if (auto valid = checkSegmentOptions(start, walkOptions(options), options.top); !valid)
        return fail(std::move(valid.error()));
    if (options.maxPerplexity && !(*options.maxPerplexity > 0))
        return fail(usageError("the largest valid perplexity must be above 0"));
    if (!(options.relativeBound > 1))
        return fail(usageError(
            fmt::format("relative bound {}: must be above 1 time the start's perplexity", options.relativeBound)));
    return std::unique_ptr<SearchMethod>(new SafeDcisSearch(options, start));
}

SafeDcisSearch::SafeDcisSearch(const SafeDcisOptions& options, const FactorSet& start)
    : m_options(options), m_walk(start, walkOptions(options)) {
    m_walk.open();
    scoreCurrentIfUnknown();
}

std::string_view SafeDcisSearch::name() const {
    return methodName(m_options);
}

std::unique_ptr<SearchMethod> SafeDcisSearch::clone() const {
    return std::unique_ptr<SearchMethod>(new SafeDcisSearch(*this));
}

void SafeDcisSearch::scoreCurrentIfUnknown() {
    if (!m_walk.score() && !m_walk.finished())
        m_walk.askForCurrent();
}

Result<void> SafeDcisSearch::apply(const SearchEdit& edit) {
    if (auto applied = m_walk.apply(edit); !applied)
        return applied;
    scoreCurrentIfUnknown();
    return {};
}

Result<void> SafeDcisSearch::tell(std::int64_t candidate, const Score& score) {
    if (auto told = m_walk.tell(candidate, score); !told)
        return told;
    if (!m_reference && std::isfinite(score.perplexity))
        m_reference = score.perplexity;
    if (!m_walk.complete())
        return {};
    if (m_walk.asksForCurrent()) {
        m_walk.setScore(score.perplexity);
        m_walk.open();
    } else {
        decide();
    }
    return {};
}

bool SafeDcisSearch::isValid(double score) const {
    if (!std::isfinite(score))
        return false;
    return score < m_options.maxPerplexity.value_or(m_options.relativeBound * m_reference.value_or(score));
}

void SafeDcisSearch::decide() {
    Decision decision = m_walk.question();
    const double step = (decision.window.high - decision.window.low) / (m_options.increments - 1);
    const int zero = insertZero(decision, *m_walk.score());
    const auto ranked = rankValid(decision.scores, [this](double s) { return isValid(s); });
    decision.valid = static_cast<int>(ranked.size());
    decision.children = decision.window;
    if (!ranked.empty()) {
        // Of equals the vector as it is wins: no gain, no change.
        const double lowest = decision.scores[static_cast<std::size_t>(ranked.front())];
        const bool gains = !(*m_walk.score() <= lowest);
        const int best = gains ? ranked.front() : zero;
        decision.best = best;
        decision.top.assign(ranked.begin(),
                            ranked.begin() + std::min<std::ptrdiff_t>(m_options.top, std::ssize(ranked)));
        decision.children = childWindow(decision.increments, decision.top, best, step);
    }
    m_walk.settle(std::move(decision));
}

} // namespace ropescope
