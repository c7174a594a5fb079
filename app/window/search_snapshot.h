// What the window shows of a search, taken from its session between two evaluations.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/session/replay_session.h"
#include "engine/session/search_session.h"
#include "views/models/search_model.h"

namespace ropescope {

// The live end of the current branch, or the state after one of the study's events (noEvent: the start), read-only.
// Called on the thread that owns the session; the result is plain values. A failure is the session's, in its words.
[[nodiscard]] Result<SearchSnapshot> snapshotOf(const SearchSession& session, std::optional<EventId> event);

// The same of a replay, whose evaluations count as events from 1.
[[nodiscard]] Result<SearchSnapshot> snapshotOf(const ReplaySession& session, std::optional<EventId> event);

} // namespace ropescope
