#include "engine/session/replay_session.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/search/events.h"

namespace ropescope {

ReplaySession::ReplaySession(SearchTrace trace, std::unique_ptr<SearchMethod> method)
    : m_trace(std::move(trace)), m_oracle(makeTraceOracle(m_trace)), m_method(std::move(method)) {}

Result<ReplaySession> ReplaySession::open(SearchTrace trace) {
    auto method = makeSearchMethod(trace.settings());
    if (!method)
        return fail(std::move(method.error()));
    return ReplaySession(std::move(trace), std::move(*method));
}

Outcome<PauseReason> ReplaySession::advance(Extent extent, const PauseConditions& pause, const RunControl& control) {
    while (!m_method->finished()) {
        if (control.stopRequested())
            return Cancelled{};
        const Candidate candidate = m_method->wanted().front();
        const auto perplexity = m_oracle->score(candidate);
        if (!perplexity)
            return perplexity.error();
        const std::size_t decided = m_method->decisions().size();
        if (auto told = m_method->tell(candidate.id, {*perplexity, std::nullopt}); !told)
            return told.error();
        m_evaluations.push_back({candidate, *perplexity});
        const auto done = static_cast<double>(m_method->evaluations());
        control.report({"replaying", done, done + static_cast<double>(m_method->evaluationsLeft()), "evaluations"});
        if (m_method->finished())
            break;
        const bool valid = std::isfinite(*perplexity) && *perplexity < m_trace.options.maxPerplexity;
        if (const auto reason = pauseReason(*m_method, extent, pause, decided, !valid))
            return *reason;
    }
    return PauseReason::finished;
}

Result<std::unique_ptr<SearchMethod>> ReplaySession::stateAfter(std::size_t evaluations) const {
    std::vector<SearchEvent> events;
    for (std::size_t index = 0; index < std::min(evaluations, m_evaluations.size()); ++index)
        events.emplace_back(Scored{m_evaluations[index].candidate.id, {m_evaluations[index].perplexity, std::nullopt}});
    return replayEvents(m_trace.settings(), events);
}

} // namespace ropescope
