// What the window shows of a search, taken from its session between two evaluations.
#pragma once

#include <optional>

#include "engine/session/search_session.h"
#include "views/models/search_model.h"

namespace ropescope {

// The live end of the current branch, or the state after its first `evaluations` evaluations, read-only. Called on the
// thread that owns the session; the result is plain values. A failure is the session's, in its words.
[[nodiscard]] Result<SearchSnapshot> snapshotOf(const SearchSession& session, std::optional<int> evaluations);

// The study's event after so many evaluations of the current branch; the branch's head when it has fewer.
[[nodiscard]] EventId eventAfter(const Study& study, int evaluations);

} // namespace ropescope
