// Scores for a search that is replayed from a trace: what a model is to a real search.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/search/trace.h"

namespace ropescope {

class TraceOracle {
public:
    virtual ~TraceOracle() = default;
    // Fails for a segment that the trace doesn't have.
    [[nodiscard]] virtual Result<double> score(const Candidate& candidate) const = 0;
};

// By segment and index: the recorded scores, or scores made up so that the recorded winner and hull come out.
class RecordedScores final : public TraceOracle {
public:
    // None when a segment has no recorded scores (or there are no segments).
    [[nodiscard]] static std::optional<RecordedScores> of(const SearchTrace& trace);
    [[nodiscard]] Result<double> score(const Candidate& candidate) const override;

private:
    std::map<std::pair<int, int>, std::vector<double>> m_scores; // by first and end
};

// The recorded function, evaluated on the candidate's factors.
class ObjectiveScores final : public TraceOracle {
public:
    explicit ObjectiveScores(SyntheticObjective objective) : m_objective(std::move(objective)) {}
    [[nodiscard]] Result<double> score(const Candidate& candidate) const override;

private:
    SyntheticObjective m_objective;
};

// Recorded scores where there are any, else the function. A trace as read has one of them.
[[nodiscard]] std::unique_ptr<TraceOracle> makeTraceOracle(const SearchTrace& trace);

} // namespace ropescope
