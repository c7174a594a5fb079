// Where one factor set is better than another, on the same tokens, and whether that is more than noise.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/statistics.h"
#include "engine/rope/factor_set.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

struct ComparisonRequest {
    std::vector<FactorSet> factorSets; // two or more
    std::int64_t length = 0;
    std::int64_t windowLimit = 0; // at most this many windows; 0: all of the text
    std::optional<TokenId> beginOfText = {};
    AttentionForm attention = FullAttention{};
};

// Mean NLL of set b minus that of set a over the same tokens: negative where b is better.
struct PairedDifference {
    std::size_t a = 0; // indices into factorSets
    std::size_t b = 0;
    Estimate difference;
    std::vector<PositionBin> byPosition;
};

struct ComparisonReport {
    std::vector<FactorSet> factorSets;
    std::vector<Estimate> nll;                        // per set
    std::vector<std::vector<PositionBin>> byPosition; // per set
    std::vector<PairedDifference> differences;        // every pair a < b
    std::int64_t windows = 0;
    bool windowsAreUnits = false; // else each error comes from runs of tokens within the windows
    std::size_t shortDocuments = 0;
};

// All sets over the text's windows side by side. Usage error for fewer than two sets.
[[nodiscard]] Outcome<ComparisonReport> compareFactorSets(LanguageModel& model, const Corpus& corpus,
                                                          const ComparisonRequest& request, const RunControl& control);

// The same from NLLs at hand (entry [s][w][t]), for callers that scored the windows themselves.
[[nodiscard]] ComparisonReport compareNlls(std::vector<FactorSet> factorSets,
                                           const std::vector<std::vector<std::vector<float>>>& nlls);

} // namespace ropescope
