#include "engine/session/stepping.h"

namespace ropescope {

bool levelOver(const SearchMethod& method) {
    const auto& decisions = method.decisions();
    if (decisions.empty())
        return false;
    const auto wanted = method.wanted();
    return wanted.empty() || wanted.front().level != decisions.back().level;
}

std::optional<PauseReason> pauseReason(const SearchMethod& method, Extent extent, const PauseConditions& pause,
                                       std::size_t decided, bool toldInvalid) {
    const auto& decisions = method.decisions();
    const bool decidedNow = decisions.size() > decided;
    if (pause.atInvalid && toldInvalid)
        return PauseReason::invalid;
    if (pause.gainAbove)
        for (std::size_t index = decided; index < decisions.size(); ++index)
            if (const Decision& decision = decisions[index];
                decision.scoreBefore && decision.scoreAfter &&
                *decision.scoreBefore - *decision.scoreAfter > *pause.gainAbove)
                return PauseReason::gain;
    if (pause.atLevel && decidedNow && levelOver(method))
        return PauseReason::level;
    if (pause.atSegment && decidedNow)
        return PauseReason::segment;
    if (extent == Extent::candidate || (extent == Extent::segment && decidedNow) ||
        (extent == Extent::level && decidedNow && levelOver(method)))
        return PauseReason::extent;
    return std::nullopt;
}

} // namespace ropescope
