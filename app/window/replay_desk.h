// A published search on the desk: stepped from its record, without a model and without a file.
#pragma once

#include "app/window/search_desk.h"

namespace ropescope {

class ReplayDesk final : public SearchDesk {
public:
    explicit ReplayDesk(ReplaySession session) : m_session(std::move(session)) {}

    [[nodiscard]] Outcome<SearchSnapshot> advance(SearchStep step, const SearchPauses& pauses, const SnapshotSink& sink,
                                                  const RunControl& control) override;
    [[nodiscard]] Result<SearchSnapshot> lookAt(std::optional<EventId> event) const override;
    [[nodiscard]] Result<SearchSnapshot> apply(const SearchEdit& edit) override;
    [[nodiscard]] Result<SearchSnapshot> branchAt(EventId event, const std::string& name) override;
    [[nodiscard]] Result<SearchSnapshot> switchTo(const std::string& branch) override;

private:
    ReplaySession m_session;
};

} // namespace ropescope
