// Passkey retrieval over a grid of lengths and depths, with intervals.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/passkey_prompt.h"
#include "engine/probe/statistics.h"
#include "engine/rope/factor_set.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope {

// One factor set at one length; a model's own scaling may differ from length to length.
struct PasskeyCase {
    FactorSet factors;
    std::int64_t length = 0;
};

struct PasskeyRequest {
    std::vector<PasskeyCase> cases;
    PromptStyle style = ExactPrompts{};
    ChatTemplate chat = {};
    std::int64_t trials = 10; // per cell
    std::uint64_t seed = 1;
    int newTokens = 10; // greedy; fewer are decoded once the first run of digits has ended
    // A cell ends early once its interval lies on one side of this share.
    std::optional<double> stopAt = {};
    AttentionForm attention = FullAttention{};
};

struct PasskeyAnswer {
    std::int64_t key = 0;
    std::string continuation;
    std::int64_t promptTokens = 0;
    bool correct = false;
};

struct PasskeyCell {
    std::size_t index = 0; // of its case in the request's cases
    std::int64_t length = 0;
    std::optional<double> depth; // none where it was drawn per trial
    std::int64_t trials = 0;
    std::int64_t correct = 0;
    Interval interval; // Wilson, 95 %
    std::vector<PasskeyAnswer> answers;
};

struct PasskeyReport {
    std::vector<PasskeyCell> cells; // in the order of the cases, depths rising
    double seconds = 0;
    std::int64_t tokensFed = 0; // through the model, prompts and answers
    // What the published programs would feed for the same answers: the whole prompt again for each new token.
    std::int64_t tokensWithoutCache = 0;
};

// Finished cells go to `onCell` (may be empty) as they come. Within a length the deepest key comes first, so that the
// filler before it serves all others. Cancellable within each forward pass.
[[nodiscard]] Outcome<PasskeyReport> measurePasskey(LanguageModel& model, const Tokenizer& tokenizer,
                                                    const PasskeyRequest& request,
                                                    const std::function<void(const PasskeyCell&)>& onCell,
                                                    const RunControl& control);

} // namespace ropescope
