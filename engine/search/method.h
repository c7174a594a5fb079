// What a factor search is to everything around it: it asks for candidates and is told their scores. It knows
// nothing of models, threads or files, so a person can step it, a study can replay it and a cluster can feed
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/segment.h"

namespace ropescope {

// A vector to be scored. What the scorer gets is `factors`; the rest says why, for people and for the study.
struct Candidate {
    std::int64_t id = 0;         // counts up from 0 within one search
    std::vector<double> factors; // one divisor per pair, clamped where the method clamps
    double attentionFactor = 1;
    Segment segment;      // the pairs it changes; empty for a start vector
    int level = 0;        // 1.. as the method counts
    double increment = 0; // what was added on the segment
};

// One decision of a method after a segment's candidates were scored.
struct Decision {
    int level = 0;
    Segment segment;
    double low = 0, high = 0; // window of increments that was tried
    std::vector<double> increments;
    std::vector<double> scores; // NaN where the model gave NaN
    int valid = 0;
    std::optional<int> best;            // index of the winner, none when nothing was valid (or nothing was accepted)
    std::vector<int> top;               // indices of the best, in rank order
    double childLow = 0, childHigh = 0; // window of the children
    std::vector<double> factorsAfter;   // stored factors of the segment
    bool skipped = false;               // by a person
};

// A person's change between two evaluations. Methods that cannot honour one return a usage error.
struct ReplaceVector {
    std::vector<double> factors;
    std::optional<double> attentionFactor;
};
struct SkipSegment {};
struct SetWindow {
    double low = 0, high = 0;
}; // of the current segment, which starts again

class SearchMethod {
public:
    virtual ~SearchMethod() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    // Candidates wanted now, independent of each other; asked again until all are told. Empty when the search
    // is over.
    [[nodiscard]] virtual std::vector<Candidate> wanted() const = 0;
    // The score (perplexity; NaN allowed) of a wanted candidate, in any order.
    [[nodiscard]] virtual Result<void> tell(std::int64_t candidate, double score) = 0;
    [[nodiscard]] virtual bool finished() const = 0;
    [[nodiscard]] virtual const std::vector<Decision>& decisions() const = 0;
    // The vector the method would hand out if it ended now, and its score where one is known.
    [[nodiscard]] virtual const std::vector<double>& current() const = 0;
    [[nodiscard]] virtual std::optional<double> currentScore() const = 0;
    // How many evaluations the whole search asks for, as far as it can tell.
    [[nodiscard]] virtual std::int64_t plannedEvaluations() const = 0;

    [[nodiscard]] virtual Result<void> apply(const ReplaceVector& edit) = 0;
    [[nodiscard]] virtual Result<void> apply(const SkipSegment& edit) = 0;
    [[nodiscard]] virtual Result<void> apply(const SetWindow& edit) = 0;
};

} // namespace ropescope
