// Between the search panel and the engine: every wish of a person becomes a job, every answer a snapshot.
#pragma once

#include <functional>

#include <QObject>
#include <QPointer>

#include "app/window/study_desk.h"
#include "app/window/window_context.h"
#include "views/models/search_model.h"

namespace ropescope {

class SearchPanel;
class TreeTrack;

// Owns the study's desk; its jobs touch it in the queue's order. The vector of the search appears among the factor sets
// and follows it. GUI thread only.
class SearchController : public QObject {
    Q_OBJECT

public:
    explicit SearchController(const WindowContext& context, QObject* parent = nullptr);
    ~SearchController() override;

    void connectPanel(SearchPanel& panel);
    void connectTree(TreeTrack& tree);

    // Where the next search will be kept; a search makes its own file when none was chosen.
    void setStudyFolder(const QString& folder) { m_folder = folder; }
    // Opens a study whose model and text `setup` names.
    void openStudy(const QString& path, const Setup& setup);
    // Forgets the open study (its file stays): another model was opened.
    void closeStudy();
    [[nodiscard]] QString studyPath() const { return m_path; }

    // Begins a search where there is none.
    void step(SearchStep step);
    // Stops at the next safe point; nothing that was scored is lost.
    void pause();
    void goTo(std::optional<int> evaluations);
    void branch();
    void switchTo(const QString& branch);
    void apply(const SearchEdit& edit);
    void applyCurrentSet();

Q_SIGNALS:
    void studyChanged(const QString& path);
    // Shown in place by the panel as well.
    void failed(const QString& message);

private:
    using SnapshotWork = std::function<Outcome<SearchSnapshot>(StudyDesk&, const RunControl&, const SnapshotSink&)>;
    void run(const QString& title, SnapshotWork work);
    void show(SearchSnapshot snapshot);
    void jobEnded(const EngineJob& job);
    void followFactors(const SearchSnapshot& snapshot);
    [[nodiscard]] QString newStudyPath() const;
    [[nodiscard]] Result<SearchSettings> settings() const;

    WindowContext m_context;
    std::shared_ptr<StudyDesk> m_desk; // shared with jobs that wait
    SearchPauses m_pauses;
    QString m_method = QStringLiteral("dcis-safe");
    QString m_folder;
    QString m_path;
    QPointer<EngineJob> m_job;
    SetId m_searchSet = noSet;
    bool m_running = false;
};

} // namespace ropescope
