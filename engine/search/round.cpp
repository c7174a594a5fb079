#include "engine/search/round.h"

#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ropescope {

void Round::open(std::vector<Candidate> candidates) {
    m_candidates = std::move(candidates);
    m_scores.assign(m_candidates.size(), std::nullopt);
    m_told = 0;
    for (std::size_t index = 0; index < m_candidates.size(); ++index) {
        m_candidates[index].id = m_nextId++;
        m_candidates[index].index = static_cast<int>(index);
        m_candidates[index].of = static_cast<int>(m_candidates.size());
    }
}

std::vector<Candidate> Round::wanted() const {
    std::vector<Candidate> wanted;
    for (std::size_t index = 0; index < m_candidates.size(); ++index)
        if (!m_scores[index])
            wanted.push_back(m_candidates[index]);
    return wanted;
}

std::optional<std::size_t> Round::place(std::int64_t candidate) const {
    const std::int64_t first = m_candidates.empty() ? m_nextId : m_candidates.front().id;
    const std::int64_t index = candidate - first;
    if (candidate < first || index >= static_cast<std::int64_t>(m_candidates.size()))
        return std::nullopt;
    return static_cast<std::size_t>(index);
}

std::optional<Candidate> Round::wanted(std::int64_t candidate) const {
    const auto found = place(candidate);
    return found && !m_scores[*found] ? std::optional(m_candidates[*found]) : std::nullopt;
}

Result<void> Round::tell(std::int64_t candidate, const Score& score) {
    const auto found = place(candidate);
    if (!found)
        return fail(usageError(fmt::format("candidate {} is not wanted", candidate)));
    if (m_scores[*found])
        return fail(usageError(fmt::format("candidate {} was scored already", candidate)));
    const Candidate& asked = m_candidates[*found];
    if (asked.wantsGradient && (!score.gradient || score.gradient->byLogFactor.size() != asked.factors.size()))
        return fail(usageError(fmt::format("candidate {} wants a gradient of {} entries beside its score", candidate,
                                           asked.factors.size())));
    m_scores[*found] = score;
    ++m_told;
    ++m_toldEver;
    return {};
}

std::vector<double> Round::perplexities() const {
    std::vector<double> values;
    values.reserve(m_scores.size());
    for (const auto& score : m_scores)
        values.push_back(score ? score->perplexity : std::numeric_limits<double>::quiet_NaN());
    return values;
}

} // namespace ropescope
