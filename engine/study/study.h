// One SQLite file is the document: opened for writing by one process at a time, read by any number, whole in itself
// whenever nothing is being written.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/study/study_contents.h"

namespace ropescope {

// Whether a file begins as a study does (any SQLite database), to tell it from factor files and texts.
[[nodiscard]] bool beginsLikeStudy(const std::filesystem::path& path);

// Everything in a study. Allowed while another process writes: what is seen is one finished state. An older schema is
// read as the present one; the file stays as it is. Input error for what is no study, is damaged or was made by a
// newer version.
[[nodiscard]] Result<StudyContents> readStudy(const std::filesystem::path& path);

// A study open for writing. Every call that changes it is one transaction: durable on disk when it returns, or without
// effect. One thread at a time; a second reader uses readStudy. Destruction closes the file and frees its lock; a
// killed process frees the lock as well.
class Study {
public:
    // Opens an existing study, migrating an older schema in place. Fails with the other process's id when the study is
    // open for writing elsewhere.
    [[nodiscard]] static Result<Study> open(const std::filesystem::path& path);
    // The same, but begins a new study where there is no file (or an empty one). A new study that is closed before
    // anything was written leaves no file.
    [[nodiscard]] static Result<Study> openOrCreate(const std::filesystem::path& path);

    Study(Study&&) noexcept;
    Study& operator=(Study&&) noexcept;
    ~Study();

    [[nodiscard]] const std::filesystem::path& path() const;
    // What is in the file now; changes with every successful call below.
    [[nodiscard]] const StudyContents& contents() const;

    // Says which model and text the study's numbers belong to: kept where the study names none yet, else the hashes
    // must be equal (input error) and the paths are brought up to date. No text: a probe that needs none.
    [[nodiscard]] Result<void> setSources(const StudyModel& model, const std::optional<StudyText>& text);

    // Begins the study's search, with its first branch. Usage error when there is one: a study holds one search and
    // any number of branches of it. Input error for another model or text than the study's.
    [[nodiscard]] Result<void> beginSearch(const StudyModel& model, const StudyText& text, const StudySearch& search);
    // The same for what a probe measured: a checkpoint of one of the study's training runs is welcome beside the
    // study's model and is what comes back.
    [[nodiscard]] Result<std::optional<ProbedCheckpoint>> setProbeSources(const StudyModel& model,
                                                                          const std::optional<StudyText>& text);
    // New paths for the same contents (hashes must be equal).
    [[nodiscard]] Result<void> moveSources(const std::string& modelPath, const std::string& textPath);

    struct NewEvent {
        std::variant<StudyEvaluation, SearchEdit> what;
        std::vector<Decision> decisions;
    };
    // Appends to a branch, in order, all or none; the branch's head becomes the last one, and a report about its old
    // end is dropped.
    [[nodiscard]] Result<void> append(std::string_view branch, std::span<const NewEvent> events);

    // A new branch whose path ends at `from`. Usage error for a name in use, an empty name or an unknown event.
    [[nodiscard]] Result<void> addBranch(const std::string& name, EventId from);
    [[nodiscard]] Result<void> setCurrentBranch(const std::string& name);

    [[nodiscard]] Result<void> addReference(const StudyReference& reference);
    // What the search found on this branch, as JSON.
    [[nodiscard]] Result<void> setReport(const std::string& branch, const std::string& json);

    // All factor sets of the study, in this order, in place of those before. Usage error for an empty or doubled name
    // or for factors that no model could use.
    [[nodiscard]] Result<void> setFactorSets(const std::vector<StudyFactorSet>& sets);

    // Usage error for a report that does not fit its request. A landscape may be added before it is finished.
    [[nodiscard]] Result<ProbeId> addProbe(const ProbeResult& result, ComputeType type, const std::string& device,
                                           const std::optional<ProbedCheckpoint>& checkpoint = {});
    // One more point of an unfinished landscape: a LandscapeSink that makes it resumable.
    [[nodiscard]] Result<void> addLandscapePoint(ProbeId landscape, const LandscapePoint& point);
    // Marks it finished; its points are those added.
    [[nodiscard]] Result<void> finishLandscape(ProbeId landscape, const LandscapeReport& report);
    [[nodiscard]] Result<void> removeProbe(ProbeId id);

    // A training run of `steps` planned steps. `plan`: every setting, as JSON.
    [[nodiscard]] Result<TrainingId> beginTraining(const std::string& output, const std::string& method,
                                                   const std::string& plan, std::int64_t steps);
    // Steps in order, one after the other. Those that the run had from the first of them on are replaced: a run that
    // was killed repeats what came after its last checkpoint.
    [[nodiscard]] Result<void> addTrainingSteps(TrainingId id, std::span<const StudyTrainingStep> steps);
    // Replaces one of the same path.
    [[nodiscard]] Result<void> addCheckpoint(TrainingId id, const StudyCheckpoint& checkpoint);
    [[nodiscard]] Result<void> finishTraining(TrainingId id);

    [[nodiscard]] Result<std::int64_t> addNote(const std::string& text);
    [[nodiscard]] Result<void> setNote(std::int64_t id, const std::string& text);
    [[nodiscard]] Result<void> removeNote(std::int64_t id);

    [[nodiscard]] Result<void> setViewState(const std::string& name, const std::string& state);

private:
    struct Impl;
    explicit Study(std::unique_ptr<Impl> impl);
    [[nodiscard]] static Result<Study> openFile(const std::filesystem::path& path, bool mayCreate);
    std::unique_ptr<Impl> m_impl;
};

} // namespace ropescope
