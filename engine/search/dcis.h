// Divide-and-conquer incremental search (DCIS, arXiv 2412.18811) exactly as the authors' program does it: no
// incumbent, an absolute validity bound, the stored vector never clamped.
#pragma once

#include "engine/search/segment_walk.h"

namespace ropescope {

class DcisSearch final : public SearchMethod {
public:
    [[nodiscard]] static Result<std::unique_ptr<SearchMethod>> make(const DcisOptions& options, const FactorSet& start);

    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] std::unique_ptr<SearchMethod> clone() const override;
    [[nodiscard]] std::vector<Candidate> wanted() const override { return m_walk.wanted(); }
    [[nodiscard]] std::optional<Candidate> wanted(std::int64_t candidate) const override {
        return m_walk.wanted(candidate);
    }
    [[nodiscard]] Result<void> tell(std::int64_t candidate, const Score& score) override;
    [[nodiscard]] Result<void> apply(const SearchEdit& edit) override { return m_walk.apply(edit); }
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
    DcisSearch(const DcisOptions& options, const FactorSet& start);

    DcisOptions m_options;
    SegmentWalk m_walk;
};

} // namespace ropescope
