// The end of a search: what it found, and what that is worth on text that it did not see.
#pragma once

#include <optional>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/session/search_report.h"
#include "engine/session/search_session.h"
#include "engine/session/search_sources.h"

namespace ropescope {

// The method's bound on a valid perplexity, where it is one number and not relative to the start.
[[nodiscard]] std::optional<double> absoluteBound(const MethodOptions& options);

// Of a finished search: scores what the report still needs (the start, the unscaled model), compares on the part of the
// text that was not searched, and keeps the report in the study. `model` and `text` are the study's. Failure when
// nothing was ever valid; Cancelled keeps all that was scored.
[[nodiscard]] Outcome<SearchReport> concludeSearch(SearchSession& session, Study& study, LanguageModel& model,
                                                   const SearchText& text, const RunControl& control);

} // namespace ropescope
