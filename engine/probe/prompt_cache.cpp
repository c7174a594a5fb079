#include "engine/probe/prompt_cache.h"

#include <algorithm>

namespace ropescope {

PromptCache::PromptCache(LanguageModel& model, FactorSet factors, AttentionForm attention)
    : m_model(model), m_factors(std::move(factors)), m_attention(attention) {}

Outcome<std::vector<float>> PromptCache::logitsAfter(std::span<const TokenId> ids, const RunControl& control) {
    // The last token is fed in any case: its logits are wanted.
    const auto candidates = ids.first(ids.size() - 1);
    const auto shared = static_cast<std::size_t>(std::ranges::mismatch(m_ids, candidates).in1 - m_ids.begin());
    if (!m_session)
        startAgain();
    else if (shared < m_ids.size()) {
        // A form of attention that drops keys can't go back behind them; the prompt is then computed anew.
        if (m_session->truncate(static_cast<std::int64_t>(shared)))
            m_ids.resize(shared);
        else
            startAgain();
    }
    return feed(ids.subspan(m_ids.size()), control);
}

Outcome<std::vector<float>> PromptCache::append(TokenId id, const RunControl& control) {
    return feed({&id, 1}, control);
}

Outcome<std::vector<float>> PromptCache::feed(std::span<const TokenId> ids, const RunControl& control) {
    auto outcome = m_session->feed(ids, control);
    if (!std::holds_alternative<std::vector<float>>(outcome)) {
        // What the session holds now is unknown.
        m_session.reset();
        m_ids.clear();
        return outcome;
    }
    m_ids.insert(m_ids.end(), ids.begin(), ids.end());
    m_tokensFed += static_cast<std::int64_t>(ids.size());
    return outcome;
}

void PromptCache::startAgain() {
    m_session = m_model.startDecoding(m_factors, m_attention);
    m_ids.clear();
}

} // namespace ropescope
