// A published or recorded search stepped without a model: the record answers in the model's place.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/search/trace_oracle.h"
#include "engine/session/stepping.h"

namespace ropescope {

struct ReplayedEvaluation {
    Candidate candidate;
    double perplexity = 0; // NaN where it was
};

// Synchronous, on one thread at a time. There is nothing to edit and nothing to branch: the record knows one path. Its
// scores may depend on the segment as well as on the vector, so nothing is answered from a memo.
class ReplaySession {
public:
    // Usage error when the trace's settings make no search.
    [[nodiscard]] static Result<ReplaySession> open(SearchTrace trace);

    // Answers until the extent or a pause condition is reached; a failure when the record ends before the search does.
    [[nodiscard]] Outcome<PauseReason> advance(Extent extent, const PauseConditions& pause, const RunControl& control);
    // The search as it stood after so many evaluations, to look at.
    [[nodiscard]] Result<std::unique_ptr<SearchMethod>> stateAfter(std::size_t evaluations) const;

    [[nodiscard]] const SearchTrace& trace() const { return m_trace; }
    [[nodiscard]] const SearchMethod& method() const { return *m_method; }
    [[nodiscard]] const std::vector<ReplayedEvaluation>& evaluations() const { return m_evaluations; }
    // The record holds winners and hulls only: the perplexities rank candidates as recorded and mean nothing else.
    [[nodiscard]] bool scoresAreMadeUp() const { return std::holds_alternative<DecisionTree>(m_trace.record); }

private:
    ReplaySession(SearchTrace trace, std::unique_ptr<SearchMethod> method);

    SearchTrace m_trace;
    std::unique_ptr<TraceOracle> m_oracle;
    std::unique_ptr<SearchMethod> m_method;
    std::vector<ReplayedEvaluation> m_evaluations;
};

} // namespace ropescope
