// Runs a search against a recorded trace and says whether every decision comes out as recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/search/trace.h"

namespace ropescope {

// The second replay, with the recorded function in place of the recorded scores.
struct ObjectiveReplay {
    std::optional<std::string> firstDifference; // from the recorded decisions and final vector
    std::int64_t scoresCompared = 0;
    std::int64_t scoresDiffering = 0;          // not the same number bit for bit
    double largestRelativeScoreDifference = 0; // of computed from recorded scores
};

struct ReplayReport {
    std::string name;
    std::vector<double> final;
    std::optional<double> finalScore; // none where no increment was ever valid, or the scores are made up
    std::int64_t evaluations = 0;
    std::int64_t steps = 0; // segments decided, one after the other
    std::vector<Decision> decisions;
    std::optional<std::string> firstDifference; // none: everything recorded came out
    std::optional<ObjectiveReplay> objective;   // where the trace has both scores and function

    [[nodiscard]] bool matches() const { return !firstDifference && (!objective || !objective->firstDifference); }
};

// Polls `control.stop` at every decision. Fails only where the search can't be run at all; a difference from the record
// is part of the report.
[[nodiscard]] Outcome<ReplayReport> replayTrace(const SearchTrace& trace, const RunControl& control);

} // namespace ropescope
