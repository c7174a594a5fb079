// What searches without a segment tree have in common: they ask for one round of candidates after the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/search/round.h"

namespace ropescope {

// A method derives from it, opens the first round in its constructor, and in decide() draws its conclusions and
// opens the next; a round left closed ends the search. Every candidate may change every pair that isn't locked.
class RoundMethod : public SearchMethod {
public:
    [[nodiscard]] std::vector<Candidate> wanted() const override { return m_round.wanted(); }
    [[nodiscard]] std::optional<Candidate> wanted(std::int64_t candidate) const override {
        return m_round.wanted(candidate);
    }
    [[nodiscard]] Result<void> tell(std::int64_t candidate, const Score& score) override;
    // A new vector, attention factor or set of locks, before the first score or, where the method can, later; no
    // segment to skip, no window to set.
    [[nodiscard]] Result<void> apply(const SearchEdit& edit) override;
    [[nodiscard]] bool finished() const override { return m_round.candidates().empty(); }
    [[nodiscard]] const std::vector<Decision>& decisions() const override { return m_decisions; }
    [[nodiscard]] const std::vector<double>& current() const override { return m_current.factors; }
    [[nodiscard]] double attentionFactor() const override { return m_current.attentionFactor; }
    [[nodiscard]] std::optional<double> currentScore() const override { return m_score; }
    [[nodiscard]] const std::vector<int>& lockedPairs() const override { return m_lockedPairs; }
    [[nodiscard]] SearchResult result() const override {
        return {m_current.factors, m_current.attentionFactor, m_score, 0};
    }
    [[nodiscard]] SearchTree tree() const override { return {}; }
    [[nodiscard]] std::int64_t evaluations() const override { return m_round.toldEver(); }

protected:
    explicit RoundMethod(FactorSet start);

    // Every candidate of the round was told.
    virtual void decide() = 0;
    // Begins (again) from current(), with the locks as they are.
    virtual void restart() = 0;
    [[nodiscard]] virtual bool editableLater() const = 0;

    // Asks for these vectors at this level.
    void ask(std::vector<FactorSet> vectors, int level, bool withGradient);
    void end() { m_round.close(); }
    // Records the round; `best` is the index accepted, which becomes current where `accept` says so.
    void record(std::optional<int> best, bool accept);
    // Index of the lowest finite perplexity of the round, the first of equals.
    [[nodiscard]] std::optional<int> lowest() const;
    [[nodiscard]] const Round& round() const { return m_round; }
    [[nodiscard]] bool locked(std::size_t pair) const { return m_locked[pair]; }
    [[nodiscard]] const FactorSet& currentSet() const { return m_current; }
    void setCurrent(FactorSet set) { m_current = std::move(set); }

private:
    FactorSet m_current;
    std::optional<double> m_score;
    std::vector<bool> m_locked;
    std::vector<int> m_lockedPairs;
    Round m_round;
    std::vector<Decision> m_decisions;
};

} // namespace ropescope
