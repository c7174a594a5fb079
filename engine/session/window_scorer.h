// Scores factor sets by a model's perplexity on one window of a text.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/model/language_model.h"
#include "engine/session/candidate_scorer.h"

namespace ropescope {

// The prefix protocol of DCIS (arXiv 2412.18811): one forward pass over the whole window, every token but the first
// scored. Candidates of one call run as one batch where they want no gradient.
class WindowScorer final : public CandidateScorer {
public:
    // `ids`: the window as it is fed, a begin-of-text token included where there is one. The model must outlive the
    // scorer.
    WindowScorer(LanguageModel& model, std::vector<TokenId> ids, AttentionForm attention);

    [[nodiscard]] Outcome<std::vector<ScoredCandidate>> score(std::span<const Candidate> candidates,
                                                              const RunControl& control) override;

private:
    [[nodiscard]] Outcome<std::vector<ScoredCandidate>> scoreTogether(std::span<const Candidate> candidates,
                                                                      const RunControl& control);
    [[nodiscard]] Outcome<ScoredCandidate> scoreWithGradient(const Candidate& candidate, const RunControl& control);

    LanguageModel* m_model;
    std::vector<TokenId> m_ids;
    AttentionForm m_attention;
};

} // namespace ropescope
