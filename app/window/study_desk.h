// The open study and its search, on the engine's side: everything here runs inside jobs, one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "app/window/laboratory.h"
#include "app/window/search_desk.h"
#include "engine/session/search_session.h"
#include "views/models/setup_model.h"

namespace ropescope {

// Model and text are loaded when the first candidate is scored, so that a study can be looked at without them.
class StudyDesk final : public SearchDesk {
public:
    explicit StudyDesk(Laboratory& laboratory);
    ~StudyDesk() override;

    // Closes what is open, makes a study at `path` and begins its search.
    [[nodiscard]] Outcome<SearchSnapshot> begin(const std::filesystem::path& path, const Setup& setup,
                                                const SearchSettings& settings, const RunControl& control);
    // Closes what is open and opens an existing study; `setup` says where its model and text are.
    [[nodiscard]] Result<SearchSnapshot> open(const std::filesystem::path& path, const Setup& setup);
    void close();
    [[nodiscard]] bool isOpen() const { return m_session.has_value(); }

    [[nodiscard]] Outcome<SearchSnapshot> advance(SearchStep step, const SearchPauses& pauses, const SnapshotSink& sink,
                                                  const RunControl& control) override;
    [[nodiscard]] Result<SearchSnapshot> lookAt(std::optional<EventId> event) const override;
    [[nodiscard]] Result<SearchSnapshot> apply(const SearchEdit& edit) override;
    [[nodiscard]] Result<SearchSnapshot> branchAt(EventId event, const std::string& name) override;
    [[nodiscard]] Result<SearchSnapshot> switchTo(const std::string& branch) override;

private:
    class LabScorer;
    [[nodiscard]] Result<SearchSnapshot> startSession(const Setup& setup);

    Laboratory& m_laboratory;
    std::optional<Study> m_study;
    std::unique_ptr<LabScorer> m_scorer;
    std::optional<SearchSession> m_session; // looks at the two above
};

} // namespace ropescope
