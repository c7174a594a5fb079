#include "engine/search/round_method.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/search/check.h"

namespace ropescope {
namespace {

// The set after a person's change.
struct Change {
    FactorSet current;
    std::vector<bool> locked;

    Result<void> operator()(const ReplaceVector& edit) {
        if (edit.factors.size() != current.factors.size())
            return fail(usageError(fmt::format("the vector has {} factors, the search works on {} pairs",
                                               edit.factors.size(), current.factors.size())));
        current.factors = edit.factors;
        current.attentionFactor = edit.attentionFactor.value_or(current.attentionFactor);
        return checkFactors(current.factors, current.attentionFactor);
    }
    Result<void> operator()(const SetAttentionFactor& edit) {
        current.attentionFactor = edit.attentionFactor;
        return checkFactors({}, edit.attentionFactor);
    }
    Result<void> operator()(const LockPairs& edit) {
        auto flags = lockFlags(edit, current.factors.size());
        if (!flags)
            return fail(std::move(flags.error()));
        locked = std::move(*flags);
        return {};
    }
    Result<void> operator()(const SkipSegment&) {
        return fail(usageError("this search works on all pairs at once: there is no segment to skip"));
    }
    Result<void> operator()(const SetWindow&) {
        return fail(usageError("this search works on all pairs at once: there is no window to set"));
    }
};

} // namespace

RoundMethod::RoundMethod(FactorSet start) : m_current(std::move(start)), m_locked(m_current.factors.size(), false) {}

Result<void> RoundMethod::tell(std::int64_t candidate, const Score& score) {
    if (auto told = m_round.tell(candidate, score); !told)
        return told;
    if (m_round.complete())
        decide();
    return {};
}

Result<void> RoundMethod::apply(const SearchEdit& edit) {
    if (finished())
        return fail(usageError("the search is over; go back to an earlier step and branch there"));
    if (evaluations() > 0 && !editableLater())
        return fail(usageError(
            fmt::format("the {} search can be changed only before its first score: branch from the start", name())));
    Change change{m_current, m_locked};
    if (auto changed = std::visit(change, edit); !changed)
        return changed;
    const bool sameVector = change.current == m_current;
    m_current = std::move(change.current);
    if (!sameVector)
        m_score.reset();
    m_locked = std::move(change.locked);
    m_lockedPairs.clear();
    for (std::size_t pair = 0; pair < m_locked.size(); ++pair)
        if (m_locked[pair])
            m_lockedPairs.push_back(static_cast<int>(pair));
    restart();
    return {};
}

void RoundMethod::ask(std::vector<FactorSet> vectors, int level, bool withGradient) {
    std::vector<Candidate> candidates;
    for (FactorSet& vector : vectors) {
        Candidate candidate;
        candidate.factors = std::move(vector.factors);
        candidate.attentionFactor = vector.attentionFactor;
        candidate.wantsGradient = withGradient;
        candidate.level = level;
        if (level > 0)
            candidate.segment = {0, static_cast<int>(m_locked.size())};
        candidates.push_back(std::move(candidate));
    }
    m_round.open(std::move(candidates));
}

void RoundMethod::record(std::optional<int> best, bool accept) {
    Decision decision;
    decision.level = m_round.candidates().front().level;
    decision.segment = {0, static_cast<int>(m_locked.size())};
    decision.scores = m_round.perplexities();
    for (const double score : decision.scores)
        decision.valid += std::isfinite(score) ? 1 : 0;
    decision.best = best;
    decision.scoreBefore = m_score;
    if (best && accept) {
        const auto index = static_cast<std::size_t>(*best);
        m_current.factors = m_round.candidates()[index].factors;
        m_current.attentionFactor = m_round.candidates()[index].attentionFactor;
        m_score = decision.scores[index];
    }
    decision.factorsAfter = m_current.factors;
    decision.scoreAfter = m_score;
    m_decisions.push_back(std::move(decision));
}

std::optional<int> RoundMethod::lowest() const {
    std::optional<int> best;
    const auto scores = m_round.perplexities();
    for (std::size_t index = 0; index < scores.size(); ++index)
        if (std::isfinite(scores[index]) && (!best || scores[index] < scores[static_cast<std::size_t>(*best)]))
            best = static_cast<int>(index);
    return best;
}

} // namespace ropescope
