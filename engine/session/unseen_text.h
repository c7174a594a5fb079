// Factor sets on the part of a text that a search did not see.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/windows.h"
#include "engine/rope/factor_set.h"
#include "engine/session/search_report.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

// Whole windows as long as the searched one, side by side after it and in the other documents, at most `limit` of
// them spread evenly over what there is. Where not one fits, the document's last window, of which only the tokens
// behind the searched one count. Empty where nothing is left.
[[nodiscard]] Result<std::vector<Window>> unseenWindows(const Corpus& corpus, const Window& searched, bool beginOfText,
                                                        int limit);

struct UnseenRequest {
    std::span<const Window> windows; // not empty
    FactorSet unscaled, initial, found;
    std::optional<TokenId> beginOfText;
    AttentionForm attention;
};
[[nodiscard]] Outcome<UnseenComparison> compareOnUnseen(LanguageModel& model, const Corpus& corpus,
                                                        const UnseenRequest& request, const RunControl& control);

} // namespace ropescope
