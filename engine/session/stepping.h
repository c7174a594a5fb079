// How far a search is driven, and when it pauses on the way: the same for a search on a model and for a replay.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/search/method.h"

namespace ropescope {

// How far a step goes.
enum class Extent { candidate, segment, level, end };

// Reasons to stop before the step's extent is reached.
struct PauseConditions {
    bool atSegment = false;          // a decision was taken
    bool atLevel = false;            // the last decision of a level was taken
    std::optional<double> gainAbove; // a decision lowered the perplexity by more
    bool atInvalid = false;          // a candidate was not finite or not below the method's bound
};

enum class PauseReason { extent, segment, level, gain, invalid, finished };

// The decision just taken was the last of its level.
[[nodiscard]] bool levelOver(const SearchMethod& method);

// Why to stop after a step of a search that isn't finished: `decided` decisions had been taken before it, and it told a
// score that isn't valid (`toldInvalid`).
[[nodiscard]] std::optional<PauseReason> pauseReason(const SearchMethod& method, Extent extent,
                                                     const PauseConditions& pause, std::size_t decided,
                                                     bool toldInvalid);

} // namespace ropescope
