// What every probe of a text does: feed windows to the model under factor sets and collect the NLL of the tokens that
// count.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/windows.h"
#include "engine/rope/factor_set.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

struct ScoringRequest {
    std::span<const Window> windows;
    std::span<const FactorSet> factorSets;
    std::optional<TokenId> beginOfText = {}; // put in front of every window when set
    AttentionForm attention = FullAttention{};
};

// Entry [s][w][t]: -ln p in nats of the t-th counted token of window w under factor set s.
using WindowNlls = std::vector<std::vector<std::vector<float>>>;

// How far a job of several scorings is; `before` tokens of `total` were fed earlier. Advances as windows are scored.
struct TokenProgress {
    std::string activity;
    double before = 0;
    double total = 0;
};

// Sets that share a window's tokens are handed to the model together. Usage error for a factor set that does not fit
// the model; the model's own error when memory runs out.
[[nodiscard]] Outcome<WindowNlls> scoreWindows(LanguageModel& model, const Corpus& corpus,
                                               const ScoringRequest& request, const TokenProgress& progress,
                                               const RunControl& control);

// Tokens that one factor set's scoring feeds to the model.
[[nodiscard]] std::int64_t tokensFed(std::span<const Window> windows, bool beginOfText);

// The ids to feed for one window; `storage` holds them where a begin-of-text token comes first.
[[nodiscard]] std::span<const TokenId> windowTokens(const Corpus& corpus, const Window& window,
                                                    std::optional<TokenId> beginOfText, std::vector<TokenId>& storage);

// Position in its window (0 is the first token fed) of the first token that counts.
[[nodiscard]] std::int64_t firstScoredPosition(const Window& window, bool beginOfText);

// One positive finite divisor per rotary pair of the model and a positive finite attention factor, or a usage error.
[[nodiscard]] Result<void> checkFactors(const FactorSet& factors, const ModelConfig& config);

// Control for one step of a longer job: whatever the step reports becomes `amount` more than `before.done`.
[[nodiscard]] RunControl stepOf(const RunControl& control, const Progress& before, double amount);

} // namespace ropescope
