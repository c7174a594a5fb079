// Decoding of many prompts that begin alike: each token of a shared beginning goes through the model once.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"

namespace ropescope {

// Holds one decoding session and the ids in its cache. For the next prompt everything but the common beginning is
// forgotten and the rest is fed. Must not outlive the model.
class PromptCache {
public:
    PromptCache(LanguageModel& model, FactorSet factors, AttentionForm attention);

    // The logits after the last of `ids` (at least one).
    [[nodiscard]] Outcome<std::vector<float>> logitsAfter(std::span<const TokenId> ids, const RunControl& control);
    // The same for one more token.
    [[nodiscard]] Outcome<std::vector<float>> append(TokenId id, const RunControl& control);

    [[nodiscard]] std::int64_t tokensFed() const { return m_tokensFed; }

private:
    [[nodiscard]] Outcome<std::vector<float>> feed(std::span<const TokenId> ids, const RunControl& control);
    void startAgain();

    LanguageModel& m_model;
    FactorSet m_factors;
    AttentionForm m_attention;
    std::unique_ptr<DecodingSession> m_session;
    std::vector<TokenId> m_ids;
    std::int64_t m_tokensFed = 0;
};

} // namespace ropescope
