// A scorer with a formula instead of a model: every call is counted, and a test may fail or stop it.
#pragma once

#include <cmath>
#include <functional>
#include <limits>

#include "engine/session/candidate_scorer.h"

namespace ropescope::test {

class FormulaScorer final : public CandidateScorer {
public:
    [[nodiscard]] Outcome<std::vector<ScoredCandidate>> score(std::span<const Candidate> candidates,
                                                              const RunControl& control) override {
        ++calls;
        std::vector<ScoredCandidate> scores;
        for (const Candidate& candidate : candidates) {
            if (beforeScore)
                beforeScore();
            if (control.stopRequested())
                return Cancelled{};
            scores.push_back({{formula(candidate.factors), std::nullopt}, 0.5});
            ++scored;
        }
        return scores;
    }

    static double bowl(const std::vector<double>& factors) {
        double sum = 10;
        for (std::size_t pair = 0; pair < factors.size(); ++pair)
            sum += std::pow(factors[pair] - 1.7 - 0.31 * static_cast<double>(pair), 2);
        return sum;
    }

    std::function<double(const std::vector<double>&)> formula = bowl;
    std::function<void()> beforeScore;
    int calls = 0;
    int scored = 0;
};

} // namespace ropescope::test
