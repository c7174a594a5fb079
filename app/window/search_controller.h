// Between the search panel and the engine: every wish of a person becomes a job, every answer a snapshot.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QObject>
#include <QPointer>

#include "app/window/search_desk.h"
#include "app/window/window_context.h"
#include "views/models/search_model.h"

namespace ropescope {

class SearchPanel;
class TreeTrack;

// Owns the desk of the open search; its jobs touch it in the queue's order. The vector of the search appears among the
// factor sets and follows it, and so do locked pairs. GUI thread only.
class SearchController : public QObject {
    Q_OBJECT

public:
    explicit SearchController(const WindowContext& context, QObject* parent = nullptr);
    ~SearchController() override;

    void connectPanel(SearchPanel& panel);
    void connectTree(TreeTrack& tree);

    // Where the next search will be kept; a search makes its own file when none was chosen.
    void setStudyFolder(const QString& folder) { m_context.study.setFolder(folder); }
    // Empty when no study is open.
    [[nodiscard]] QString studyPath() const { return m_context.study.path(); }
    // In the background, beside what runs on other files; ends with studyOpened or openFailed. An open search is
    // stopped.
    void openStudy(const QString& path);
    // Steps through a published search; `title` names it among the factor sets.
    void openReplay(const SearchTrace& trace, const QString& title);
    // Stops what runs and forgets the open search (a study's file stays): another model was opened.
    void closeStudy();

    // Begins a search where there is none.
    void step(SearchStep step);
    // Stops at the next safe point; nothing that was scored is lost.
    void pause();
    // Shows the state after so many evaluations of this branch, read-only; none: the live end. While one state is being
    // looked up the newest wish waits, and those before it are dropped.
    void goTo(std::optional<int> evaluations);
    void goToEvent(std::optional<EventId> event);
    // A new branch from the state that is shown, or from an event.
    void branch();
    void branchAt(EventId event);
    void switchTo(const QString& branch);
    void apply(const SearchEdit& edit);
    void applyCurrentSet();
    // The newest evaluation that is shown becomes a factor set.
    void takeOver();

Q_SIGNALS:
    // The study is read; its search, where it holds one, is shown when this returns.
    void studyOpened(const ropescope::Setup& setup);
    void openFailed(const QString& path, const QString& message);
    // Shown in place by the panel as well.
    void failed(const QString& message);

private:
    using SnapshotWork = std::function<Outcome<SearchSnapshot>(SearchDesk&, const RunControl&, const SnapshotSink&)>;
    void useDesk(std::shared_ptr<SearchDesk> desk, const QString& setName, const QString& file);
    EngineJob* start(const QString& title, SnapshotWork work, JobKind kind, bool scores);
    void run(const QString& title, SnapshotWork work, bool scores);
    void runQuick(const QString& title, std::function<Result<SearchSnapshot>(SearchDesk&)> work);
    void begin(SearchStep step);
    void show(SearchSnapshot snapshot);
    void jobEnded(const EngineJob& job);
    void openEnded(const EngineJob& job, const QString& path);
    void lookEnded();
    void followFactors(const SearchSnapshot& snapshot);
    void followLocks(const SearchSnapshot& snapshot);
    void locksChanged();
    [[nodiscard]] LockPairs locks() const;
    [[nodiscard]] bool mayChange();
    [[nodiscard]] const SearchSnapshot& snapshot() const { return m_context.bench.search().snapshot(); }
    [[nodiscard]] Result<SearchSettings> settings() const;

    WindowContext m_context;
    std::shared_ptr<SearchDesk> m_desk; // shared with its jobs; null when there is no search
    QString m_file;                     // what its jobs need besides the engine
    SearchPauses m_pauses;
    QString m_method = QStringLiteral("dcis-safe");
    QPointer<EngineJob> m_job;
    SetId m_searchSet = noSet;
    QString m_setName;
    bool m_running = false; // a step or a change is in work
    bool m_looking = false; // an earlier state is being looked up
    std::optional<std::optional<EventId>> m_nextLook;
    bool m_locksWait = false; // changed by hand while a step was in work
    bool m_followingLocks = false;
};

} // namespace ropescope
