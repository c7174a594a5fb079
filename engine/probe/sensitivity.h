// How much each rotary pair matters: the exact gradient of the mean NLL with respect to all factors.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/rope/factor_set.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

struct SensitivityRequest {
    FactorSet factors;
    std::int64_t length = 0;
    std::int64_t windowLimit = 1; // windows side by side from the text's start; 0: all
    double distance = 0;          // tokens at which byRadian counts phase; 0: the length
    std::optional<TokenId> beginOfText = {};
    AttentionForm attention = FullAttention{};
};

// Two units, because the fastest pairs always look the most important in the first: a relative change of their factor
// turns them by many radians.
struct SensitivityReport {
    double nll = 0;
    std::vector<double> byLogFactor; // d mean NLL / d ln factor_i: per relative change of the factor
    std::vector<double> byRadian;    // d mean NLL / d phase_i, phase_i = distance * theta_i / factor_i
    double byAttentionFactor = 0;
    double distance = 0;
    std::int64_t windows = 0;
};

// One forward and one backward pass per window; equally long windows, so their means have the same weight.
[[nodiscard]] Outcome<SensitivityReport> measureSensitivity(LanguageModel& model, const Corpus& corpus,
                                                            const SensitivityRequest& request,
                                                            const RunControl& control);

} // namespace ropescope
