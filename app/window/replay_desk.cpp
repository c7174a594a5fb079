#include "app/window/replay_desk.h"

namespace ropescope {

namespace {

Extent extentOf(SearchStep step) {
    switch (step) {
    case SearchStep::candidate:
        return Extent::candidate;
    case SearchStep::segment:
        return Extent::segment;
    case SearchStep::level:
        return Extent::level;
    case SearchStep::end:
        break;
    }
    return Extent::end;
}

tl::unexpected<Error> notChangeable() {
    return fail(usageError("A published search can be looked at and stepped, but not changed: there is no model to "
                           "score anything new. Take its factors over as a set and begin a search from it."));
}

} // namespace

// Answers come from a table, so all of a step is done at once.
Outcome<SearchSnapshot> ReplayDesk::advance(SearchStep step, const SearchPauses& pauses, const SnapshotSink& sink,
                                            const RunControl& control) {
    PauseConditions conditions;
    conditions.atSegment = pauses.atSegment;
    conditions.atLevel = pauses.atLevel;
    conditions.atInvalid = pauses.atInvalid;
    if (const auto score = m_session.method().currentScore(); score && pauses.gainAbove)
        conditions.gainAbove = *pauses.gainAbove * *score;
    const auto outcome = m_session.advance(extentOf(step), conditions, control);
    auto last = snapshotOf(m_session, std::nullopt);
    if (!last)
        return last.error();
    sink(*last);
    if (const auto* error = std::get_if<Error>(&outcome))
        return *error;
    if (std::holds_alternative<Cancelled>(outcome))
        return Cancelled{};
    return std::move(*last);
}

Result<SearchSnapshot> ReplayDesk::lookAt(std::optional<EventId> event) const {
    return snapshotOf(m_session, event);
}

Result<SearchSnapshot> ReplayDesk::apply(const SearchEdit& /*edit*/) {
    return notChangeable();
}

Result<SearchSnapshot> ReplayDesk::branchAt(EventId /*event*/, const std::string& /*name*/) {
    return notChangeable();
}

Result<SearchSnapshot> ReplayDesk::switchTo(const std::string& /*branch*/) {
    return notChangeable();
}

} // namespace ropescope
