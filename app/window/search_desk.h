// What the search controller drives, on the engine's side: everything here runs inside jobs, one at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/window/search_snapshot.h"
#include "engine/base/outcome.h"
#include "engine/base/run_control.h"

namespace ropescope {

// What a step reports on the way; called on the job's thread between evaluations.
using SnapshotSink = std::function<void(const SearchSnapshot&)>;

// Not thread-safe: the job queue's order is what protects it.
class SearchDesk {
public:
    virtual ~SearchDesk() = default;

    // Scores until the step's end, a pause or a stop. Whatever the outcome, the sink has had the last state.
    [[nodiscard]] virtual Outcome<SearchSnapshot> advance(SearchStep step, const SearchPauses& pauses,
                                                          const SnapshotSink& sink, const RunControl& control) = 0;
    // The state after an event; none: the live end.
    [[nodiscard]] virtual Result<SearchSnapshot> lookAt(std::optional<EventId> event) const = 0;
    // A person's changes. Usage error where the search allows none.
    [[nodiscard]] virtual Result<SearchSnapshot> apply(const SearchEdit& edit) = 0;
    [[nodiscard]] virtual Result<SearchSnapshot> branchAt(EventId event, const std::string& name) = 0;
    [[nodiscard]] virtual Result<SearchSnapshot> switchTo(const std::string& branch) = 0;
};

} // namespace ropescope
