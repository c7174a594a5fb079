// The engine's queue: jobs that need the same thing run one after the other, because calls on one model or one study
// must not overlap; the others run side by side.
#pragma once

#include <memory>
#include <vector>

#include <QAbstractListModel>
#include <QString>

#include "app/window/engine_job.h"

namespace ropescope {

// What a job has to itself while it runs.
struct JobNeeds {
    bool engine = true; // the loaded model, and the processors for long
    QString file;       // the study that it reads or writes; empty: none
};

// Newest jobs last; ended ones stay in the list (the last 50) so that their outcome can be read, but quiet ones. GUI
// thread only.
class JobQueue : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { stateRole = Qt::UserRole, fractionRole, messageRole, jobRole };

    explicit JobQueue(QObject* parent = nullptr);
    ~JobQueue() override;

    // Starts at once when no earlier job runs with what it needs or waits for it. The pointer lives until the job left
    // the list.
    EngineJob* add(const QString& title, JobWork work, JobKind kind = JobKind::work, const JobNeeds& needs = {});
    template <class Report>
    EngineJob* add(const QString& title, std::function<Outcome<Report>(const RunControl&, const JobChannel&)> work,
                   std::function<void(const Report&)> onReport, JobKind kind = JobKind::work,
                   const JobNeeds& needs = {}) {
        return add(title, typedWork<Report>(std::move(work), std::move(onReport)), kind, needs);
    }

    // The job that has the engine, or else any; null when nothing runs.
    [[nodiscard]] EngineJob* running() const;
    // A running or waiting job needs this file.
    [[nodiscard]] bool needed(const QString& file) const;
    [[nodiscard]] int waiting() const;
    [[nodiscard]] EngineJob* at(int row) const;
    // All running and waiting jobs that do not keep something; for closing the window.
    void cancelAll();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    // "519 of 1,260 evaluations   0.24 /s   51 min left" for a running job; the outcome for an ended one.
    [[nodiscard]] static QString statusText(const EngineJob& job);

Q_SIGNALS:
    // Anything about running or waiting jobs, for the bar at the bottom.
    void activityChanged();
    void jobFailed(const QString& title, const QString& message);
    void jobEnded(ropescope::EngineJob* job);
    // Nothing runs and nothing waits any more.
    void idle();

private:
    struct Entry {
        std::unique_ptr<EngineJob> job;
        JobNeeds needs;
    };
    void startReady();
    void rowChanged(const EngineJob* job);
    void jobFinished(EngineJob* job);
    void dropOld();

    std::vector<Entry> m_jobs;
};

} // namespace ropescope
