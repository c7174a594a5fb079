// Who knows what a vector is worth: a model on a text, a recorded trace, a formula in a test.
#pragma once

#include <span>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/search/method.h"

namespace ropescope {

struct ScoredCandidate {
    Score score;
    double seconds = 0; // what it cost
};

// Called by one thread at a time. Deterministic: the same candidates in the same call get the same scores.
class CandidateScorer {
public:
    virtual ~CandidateScorer() = default;
    // One result per candidate, in order: all or none. Polls `control.stop` at each forward pass and then returns
    // Cancelled; nothing of the call is kept.
    [[nodiscard]] virtual Outcome<std::vector<ScoredCandidate>> score(std::span<const Candidate> candidates,
                                                                      const RunControl& control) = 0;
};

} // namespace ropescope
