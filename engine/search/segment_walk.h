// The segment tree of divide-and-conquer incremental search (arXiv 2412.18811) and a walk over it: which segment
// comes next, its window and increments, the stored vector, locks and a person's changes. What a good score is
// and which increment wins is the business of the methods that hold one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/search/method.h"
#include "engine/search/round.h"
#include "engine/search/settings.h"

namespace ropescope {

struct SegmentWalkOptions {
    int increments = 10;
    double range = 5;
    double clamp = 1e-4;       // of candidates
    bool clampsStored = false; // what is stored is raised to the clamp as well
    VisitOrder order = VisitOrder::highPairsFirst;
};

// Level 1 holds the two halves of all pairs (floor, ceil; a single pair is its own level 1), each next level the
// halves of every segment wider than one. Factors are float32 and each increment is rounded to float32 as it is
// added, as in the authors' program; windows and increments are float64.
//
// Its holder asks wanted() and passes tell() on; when complete() says so it fills in the outcome of question()
// and calls settle().
class SegmentWalk {
public:
    SegmentWalk(const FactorSet& start, const SegmentWalkOptions& options);

    // Asks for the live segment's candidates; to be called once before anything else. Apart from the constructor
    // so that a method can have the start scored first.
    void open();
    // Asks for the vector as it is (clamped) instead of the live segment; open() goes back to that.
    void askForCurrent();
    [[nodiscard]] bool asksForCurrent() const { return m_asksForCurrent; }

    [[nodiscard]] bool finished() const { return m_level == m_levels.size(); }
    [[nodiscard]] std::vector<Candidate> wanted() const { return m_round.wanted(); }
    [[nodiscard]] std::optional<Candidate> wanted(std::int64_t candidate) const { return m_round.wanted(candidate); }
    [[nodiscard]] Result<void> tell(std::int64_t candidate, const Score& score) {
        return m_round.tell(candidate, score);
    }
    [[nodiscard]] bool complete() const { return !finished() && m_round.complete(); }
    [[nodiscard]] const Round& round() const { return m_round; }

    // The live segment as a decision without an outcome: level, segment, window, increments and scores so far.
    [[nodiscard]] Decision question() const;
    // Closes the live segment: adds the winner's increment to the stored factors, hands the children's window on,
    // records the decision and opens the next segment.
    void settle(Decision decision);

    // A person's change; a usage error leaves everything as it was. The live segment starts again where its
    // candidates changed.
    [[nodiscard]] Result<void> apply(const SearchEdit& edit);

    // Perplexity of the stored vector (clamped), where it is known; a person's change of the vector forgets it.
    [[nodiscard]] std::optional<double> score() const { return m_score; }
    void setScore(double perplexity) { m_score = perplexity; }
    [[nodiscard]] const std::vector<double>& stored() const { return m_stored; }
    // Stored factors, each at least the clamp: what is scored.
    [[nodiscard]] std::vector<double> clamped() const;
    [[nodiscard]] SearchResult result() const;
    [[nodiscard]] double attentionFactor() const { return m_attentionFactor; }
    [[nodiscard]] const std::vector<int>& locked() const { return m_lockedPairs; }
    [[nodiscard]] const std::vector<Decision>& decisions() const { return m_decisions; }
    [[nodiscard]] SearchTree tree() const;
    // Candidates of the live segment and of all after it that aren't locked, without those told.
    [[nodiscard]] std::int64_t evaluationsLeft() const;

private:
    [[nodiscard]] Result<void> change(const ReplaceVector& edit);
    [[nodiscard]] Result<void> change(const SkipSegment& edit);
    [[nodiscard]] Result<void> change(const SetWindow& edit);
    [[nodiscard]] Result<void> change(const LockPairs& edit);
    [[nodiscard]] Result<void> change(const SetAttentionFactor& edit);

    struct Node {
        TreeSegment shown;
        std::vector<std::size_t> children; // places in the next level
    };
    void buildTree(double range);
    [[nodiscard]] Node& live();
    [[nodiscard]] const Node& live() const;
    [[nodiscard]] std::size_t nodeIndex() const;
    [[nodiscard]] bool allLocked(const Segment& segment) const;
    [[nodiscard]] std::vector<double> increments() const;
    [[nodiscard]] std::vector<double> candidate(double increment) const;
    // Adds the increment to the live segment's pairs that aren't locked.
    void addToLive(std::vector<double>& factors, double increment) const;
    // Records the decision, hands the children's window on and moves to the next segment without opening it.
    void close(Decision decision, SegmentState state);
    void store(std::vector<double> factors);
    // The live segment left as it is: both halves get its window unchanged.
    [[nodiscard]] Decision undecided() const;
    void startAgain();

    SegmentWalkOptions m_options;
    std::vector<double> m_stored; // float32 values
    double m_attentionFactor = 1;
    std::optional<double> m_score;
    bool m_asksForCurrent = false;
    std::vector<std::vector<Node>> m_levels; // nodes from low to high pairs
    std::size_t m_level = 0;                 // m_levels.size() when finished
    std::size_t m_visited = 0;               // segments of the level already closed
    std::vector<bool> m_locked;
    std::vector<int> m_lockedPairs;
    Round m_round;
    std::vector<Decision> m_decisions;
};

// Indices of valid scores from best to worst; equal scores keep their order.
[[nodiscard]] std::vector<int> rankValid(const std::vector<double>& scores, const std::function<bool(double)>& isValid);

// [min(top) - step - best, max(top) + step - best], in the authors' order of operations.
[[nodiscard]] IncrementWindow childWindow(const std::vector<double>& increments, const std::vector<int>& top, int best,
                                          double step);

// Usage errors for options no method of this family can work with.
[[nodiscard]] Result<void> checkSegmentOptions(const FactorSet& start, const SegmentWalkOptions& options, int top);

} // namespace ropescope
