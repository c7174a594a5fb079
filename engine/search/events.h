// What happens to a search, as plain values in order. Methods are deterministic, so settings and events are the
// whole state: going back is replaying fewer events, branching is going on from there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>

#include "engine/base/outcome.h"
#include "engine/search/method.h"
#include "engine/search/score_memo.h"
#include "engine/search/settings.h"

namespace ropescope {

// A score was told: computed for this candidate, or known from an identical one.
struct Scored {
    std::int64_t candidate = 0;
    Score score;
    bool reused = false;
    std::optional<VectorPrint> print = {}; // of the vector that was scored: where it is known, no other fits
};

using SearchEvent = std::variant<Scored, ReplaceVector, SkipSegment, SetWindow, LockPairs, SetAttentionFactor>;

[[nodiscard]] SearchEvent toEvent(const SearchEdit& edit);
[[nodiscard]] Result<void> applyEvent(SearchMethod& method, const SearchEvent& event);
// The search as it stood after these events; a failure names the first event that doesn't fit.
[[nodiscard]] Result<std::unique_ptr<SearchMethod>> replayEvents(const SearchSettings& settings,
                                                                 std::span<const SearchEvent> events);

} // namespace ropescope
