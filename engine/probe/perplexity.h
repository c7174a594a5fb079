// Perplexity of a text under factor sets at lengths, by the protocols of the literature, with every token's NLL kept.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/statistics.h"
#include "engine/probe/windows.h"
#include "engine/rope/factor_set.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

// Windows of `length` tokens under one factor set.
struct PerplexityCase {
    FactorSet factors;
    std::int64_t length = 0;
};

// Every token counts the same, or every window (YaRN's and LongRoPE's programs: the exponential of the unweighted
// mean of the windows' means, so a first window of thousands of tokens weighs as much as a last one of 256).
enum class Averaging { byToken, byWindow };

struct PerplexityRequest {
    std::vector<PerplexityCase> cases;
    WindowProtocol protocol = PrefixProtocol{};
    Averaging averaging = Averaging::byToken;
    // Put in front of every window when set; a window then takes one text token less and its first one counts too.
    std::optional<TokenId> beginOfText = {};
    AttentionForm attention = FullAttention{};
    // Of a model made by withLeadingContext(): so many tokens of every window go to its encoder and don't count.
    std::int64_t contextTokens = 0;
};

struct PerplexityResult {
    FactorSet factors;
    std::int64_t length = 0;
    Estimate nll; // nats per counted token
    double perplexity = 0;
    std::int64_t tokensFed = 0; // through the model: more than the counted ones where windows overlap
    double seconds = 0;
    std::int64_t peakMemoryBytes = 0;
    std::size_t shortDocuments = 0; // left out because they have fewer tokens than a window
    std::vector<Window> windows;
    std::vector<std::vector<float>> tokenNll; // per window, the tokens that count

    [[nodiscard]] double tokensPerSecond() const;
};

// Cases run one after the other, so that time and peak memory belong to one each. All requests are checked before the
// first forward pass.
[[nodiscard]] Outcome<std::vector<PerplexityResult>> measurePerplexity(LanguageModel& model, const Corpus& corpus,
                                                                       const PerplexityRequest& request,
                                                                       const RunControl& control);

} // namespace ropescope
