// DCIS for people who want the better of two vectors: the start is scored first, the vector as it is competes in
// every segment (increment 0, its score known), a loss is never accepted, validity is relative to the start's
// perplexity, and what is stored is clamped.
#pragma once

#include "engine/search/segment_walk.h"

namespace ropescope {

class SafeDcisSearch final : public SearchMethod {
public:
    [[nodiscard]] static Result<std::unique_ptr<SearchMethod>> make(const SafeDcisOptions& options,
                                                                    const FactorSet& start);

    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] std::unique_ptr<SearchMethod> clone() const override;
    [[nodiscard]] std::vector<Candidate> wanted() const override { return m_walk.wanted(); }
    [[nodiscard]] std::optional<Candidate> wanted(std::int64_t candidate) const override {
        return m_walk.wanted(candidate);
    }
    [[nodiscard]] Result<void> tell(std::int64_t candidate, const Score& score) override;
    [[nodiscard]] Result<void> apply(const SearchEdit& edit) override;
    [[nodiscard]] bool finished() const override { return m_walk.finished(); }
    [[nodiscard]] const std::vector<Decision>& decisions() const override { return m_walk.decisions(); }
    [[nodiscard]] const std::vector<double>& current() const override { return m_walk.stored(); }
    [[nodiscard]] double attentionFactor() const override { return m_walk.attentionFactor(); }
    [[nodiscard]] std::optional<double> currentScore() const override { return m_walk.score(); }
    [[nodiscard]] const std::vector<int>& lockedPairs() const override { return m_walk.locked(); }
    [[nodiscard]] SearchResult result() const override { return m_walk.result(); }
    [[nodiscard]] SearchTree tree() const override { return m_walk.tree(); }
    [[nodiscard]] std::int64_t evaluations() const override { return m_walk.round().toldEver(); }
    [[nodiscard]] std::int64_t evaluationsLeft() const override { return m_walk.evaluationsLeft(); }

private:
    SafeDcisSearch(const SafeDcisOptions& options, const FactorSet& start);

    void scoreCurrentIfUnknown();
    void decide();
    [[nodiscard]] bool isValid(double score) const;

    SafeDcisOptions m_options;
    SegmentWalk m_walk;
    std::optional<double> m_reference; // the first finite perplexity seen: what the bound is relative to
};

} // namespace ropescope
