// The open study and its search, on the engine's side: everything here runs inside jobs, one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "app/window/search_desk.h"
#include "app/window/study_file.h"
#include "engine/session/search_session.h"
#include "views/models/setup_model.h"

namespace ropescope {

// A study as it was opened: where its model and text are, and its search where it holds one.
struct OpenedStudy {
    Setup setup;
    bool belongsToText = false; // it has numbers of one
    std::optional<SearchSnapshot> search;
};

// Model and text are loaded when the first candidate is scored, so that a study can be looked at without them.
class StudyDesk final : public SearchDesk {
public:
    StudyDesk(Laboratory& laboratory, std::shared_ptr<StudyFile> file);
    ~StudyDesk() override;

    // Begins the study's search; the file is made where there is none.
    [[nodiscard]] Outcome<SearchSnapshot> begin(const Setup& setup, const SearchSettings& settings,
                                                const RunControl& control);
    // Opens an existing study; `device` is what to compute on.
    [[nodiscard]] Result<OpenedStudy> open(const QString& device);

    [[nodiscard]] Outcome<SearchSnapshot> advance(SearchStep step, const SearchPauses& pauses, const SnapshotSink& sink,
                                                  const RunControl& control) override;
    [[nodiscard]] Result<SearchSnapshot> lookAt(std::optional<EventId> event) const override;
    [[nodiscard]] Result<SearchSnapshot> apply(const SearchEdit& edit) override;
    [[nodiscard]] Result<SearchSnapshot> branchAt(EventId event, const std::string& name) override;
    [[nodiscard]] Result<SearchSnapshot> switchTo(const std::string& branch) override;

private:
    class LabScorer;
    // A finished search is compared on text that it did not see, once for each of its ends.
    [[nodiscard]] Outcome<SearchSnapshot> conclude(const RunControl& control);
    [[nodiscard]] Result<SearchSnapshot> startSession(Study& study, const Setup& setup);

    Laboratory& m_laboratory;
    std::shared_ptr<StudyFile> m_file;
    std::unique_ptr<LabScorer> m_scorer;
    std::optional<SearchSession> m_session; // looks at the two above
};

} // namespace ropescope
