// What a factor search is to everything around it: it asks for candidates and is told their scores. It knows
// nothing of models, threads or files, so a person can step it, a study can replay it and a cluster can feed
// it. Methods are deterministic: the settings and the events so far are the whole state (events.h).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"
#include "engine/rope/segment.h"

namespace ropescope {

// Increments from low to high, in units of the factor.
struct IncrementWindow {
    double low = 0;
    double high = 0;
    bool operator==(const IncrementWindow&) const = default;
};

// A vector to be scored. What the scorer gets is `factors` and `attentionFactor`; the rest says why, for people
// and for the study.
struct Candidate {
    std::int64_t id = 0;         // counts up from 0 within one search
    std::vector<double> factors; // one divisor per pair, clamped where the method clamps
    double attentionFactor = 1;
    bool wantsGradient = false; // the score must come with its gradient
    Segment segment;            // the pairs it changes; empty for a start vector
    int level = 0;              // 1.. as the method counts (level, generation, iteration); 0 for a start vector
    double increment = 0;       // what was added on the segment
    int index = 0;              // index of `of` candidates asked for together
    int of = 1;
};

// Derivatives of the mean NLL, which is ln perplexity.
struct FactorGradient {
    std::vector<double> byLogFactor; // d mean NLL / d ln factor_i
    double byAttentionFactor = 0;    // d mean NLL / d attention factor
    bool operator==(const FactorGradient&) const = default;
};

// What a scorer found: a perplexity (NaN where the model gave NaN), and the gradient where one was wanted.
struct Score {
    double perplexity = std::numeric_limits<double>::quiet_NaN();
    std::optional<FactorGradient> gradient = std::nullopt;
};

// One decision of a method after the candidates of a segment (or generation, or iteration) were scored.
struct Decision {
    int level = 0;
    Segment segment;
    IncrementWindow window;         // that was tried
    std::vector<double> increments; // empty for methods that don't add increments
    std::vector<double> scores;     // NaN where the model gave NaN, or where a person cut the segment short
    int valid = 0;
    std::optional<int> best;           // index of the winner, none when nothing was valid
    std::vector<int> top;              // indices of the best, in rank order
    IncrementWindow children;          // window of both halves
    std::vector<double> factorsAfter;  // stored factors of the segment
    std::optional<double> scoreBefore; // of the vector the segment started from, where it is known
    std::optional<double> scoreAfter;  // of the current vector after the decision, where it is known
    bool skipped = false;              // by a person
    bool locked = false;               // passed over: every pair of it is locked
};

// A person's changes between two evaluations. A method that can't honour one returns a usage error and stays as
// it was. Every change but a lock elsewhere lets the current segment start again, for its scores belonged to
// something else.
struct ReplaceVector {
    std::vector<double> factors;                          // finite, above 0
    std::optional<double> attentionFactor = std::nullopt; // kept where none is given
};
struct SkipSegment {};
struct SetWindow {
    IncrementWindow window; // of the current segment
};
struct LockPairs {
    std::vector<int> pairs; // all that are locked from now on: the search leaves these alone
};
struct SetAttentionFactor {
    double attentionFactor = 1;
};
using SearchEdit = std::variant<ReplaceVector, SkipSegment, SetWindow, LockPairs, SetAttentionFactor>;

// The search tree for the window: level by level, segments from low to high pairs.
enum class SegmentState { pending, live, done, skipped, locked };
struct TreeSegment {
    int level = 0;
    Segment segment;
    SegmentState state = SegmentState::pending;
    bool edited = false;                   // a person changed something while it was live
    std::optional<IncrementWindow> window; // none while its parent is undecided
    std::optional<double> increment;       // the winner's
    std::optional<double> gain;            // perplexity before less perplexity after
    std::optional<int> decision;           // index in decisions()
};
struct SearchTree {
    std::vector<std::vector<TreeSegment>> levels;
};

// What a search hands over: fit for a model, every factor above 0.
struct SearchResult {
    std::vector<double> factors;
    double attentionFactor = 1;
    std::optional<double> score; // perplexity of exactly these factors, where it is known
    int clamped = 0;             // how many stored factors lay below the method's clamp and were raised to it
};

// One search. Not thread-safe. A copy made by clone() goes its own way.
class SearchMethod {
public:
    virtual ~SearchMethod() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::unique_ptr<SearchMethod> clone() const = 0;

    // Candidates wanted now and not told yet, independent of each other; the first is what comes next. Empty
    // when the search is over.
    [[nodiscard]] virtual std::vector<Candidate> wanted() const = 0;
    // The wanted candidate of this id; none where it isn't wanted.
    [[nodiscard]] virtual std::optional<Candidate> wanted(std::int64_t candidate) const = 0;
    // The score of a wanted candidate, in any order. Usage error for one that isn't wanted, or that lacks the
    // gradient it wants.
    [[nodiscard]] virtual Result<void> tell(std::int64_t candidate, const Score& score) = 0;
    [[nodiscard]] virtual Result<void> apply(const SearchEdit& edit) = 0;
    [[nodiscard]] virtual bool finished() const = 0;

    [[nodiscard]] virtual const std::vector<Decision>& decisions() const = 0;
    // The stored vector, exactly as the method keeps it (DCIS as published: unclamped), and its score where one
    // is known.
    [[nodiscard]] virtual const std::vector<double>& current() const = 0;
    [[nodiscard]] virtual double attentionFactor() const = 0;
    [[nodiscard]] virtual std::optional<double> currentScore() const = 0;
    [[nodiscard]] virtual const std::vector<int>& lockedPairs() const = 0;
    // What it would hand out if it ended now.
    [[nodiscard]] virtual SearchResult result() const = 0;
    // Empty levels for a method without segments.
    [[nodiscard]] virtual SearchTree tree() const = 0;

    // Scores told so far, and how many more the search will ask for, as far as it can tell.
    [[nodiscard]] virtual std::int64_t evaluations() const = 0;
    [[nodiscard]] virtual std::int64_t evaluationsLeft() const = 0;
};

} // namespace ropescope
