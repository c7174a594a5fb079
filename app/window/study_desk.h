// The open study and its search, on the engine's side: everything here runs inside jobs, one at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "app/window/laboratory.h"
#include "app/window/search_snapshot.h"
#include "engine/session/search_session.h"
#include "views/models/setup_model.h"

namespace ropescope {

// What a step reports on the way; called on the job's thread between evaluations.
using SnapshotSink = std::function<void(const SearchSnapshot&)>;

// Not thread-safe: the job queue's order is what protects it. Model and text are loaded when the first candidate is
// scored, so that a study can be looked at without them.
class StudyDesk {
public:
    explicit StudyDesk(Laboratory& laboratory);
    ~StudyDesk();

    // Closes what is open, makes a study at `path` and begins its search.
    [[nodiscard]] Outcome<SearchSnapshot> begin(const std::filesystem::path& path, const Setup& setup,
                                                const SearchSettings& settings, const RunControl& control);
    // Closes what is open and opens an existing study; `setup` says where its model and text are.
    [[nodiscard]] Result<SearchSnapshot> open(const std::filesystem::path& path, const Setup& setup);
    void close();
    [[nodiscard]] bool isOpen() const { return m_session.has_value(); }

    // Scores until the step's end, a pause or a stop. Whatever the outcome, the sink has had the last state.
    [[nodiscard]] Outcome<SearchSnapshot> advance(SearchStep step, const SearchPauses& pauses, const SnapshotSink& sink,
                                                  const RunControl& control);
    [[nodiscard]] Result<SearchSnapshot> apply(const SearchEdit& edit);
    // The state after so many evaluations; none: the live end.
    [[nodiscard]] Result<SearchSnapshot> lookAt(std::optional<int> evaluations) const;
    [[nodiscard]] Result<SearchSnapshot> branchAfter(int evaluations, const std::string& name);
    [[nodiscard]] Result<SearchSnapshot> switchTo(const std::string& branch);

private:
    class LabScorer;
    [[nodiscard]] Result<SearchSnapshot> startSession(const Setup& setup);

    Laboratory& m_laboratory;
    std::optional<Study> m_study;
    std::unique_ptr<LabScorer> m_scorer;
    std::optional<SearchSession> m_session; // looks at the two above
};

} // namespace ropescope
