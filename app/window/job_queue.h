// The engine's queue: one job at a time, because calls on one model must not overlap; the others wait.
#pragma once

#include <memory>
#include <vector>

#include <QAbstractListModel>

#include "app/window/engine_job.h"

namespace ropescope {

// Newest jobs last; ended ones stay in the list (the last 50) so that their outcome can be read, but looks. GUI thread
// only.
class JobQueue : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { stateRole = Qt::UserRole, fractionRole, messageRole, jobRole };

    explicit JobQueue(QObject* parent = nullptr);
    ~JobQueue() override;

    // Starts at once when nothing runs, else waits. The pointer lives until the job left the list.
    EngineJob* add(const QString& title, JobWork work, JobKind kind = JobKind::work);
    template <class Report>
    EngineJob* add(const QString& title, std::function<Outcome<Report>(const RunControl&, const JobChannel&)> work,
                   std::function<void(const Report&)> onReport, JobKind kind = JobKind::work) {
        return add(title, typedWork<Report>(std::move(work), std::move(onReport)), kind);
    }

    // Null when nothing runs.
    [[nodiscard]] EngineJob* running() const;
    [[nodiscard]] int waiting() const;
    [[nodiscard]] EngineJob* at(int row) const;
    // All running and waiting jobs; for closing the window.
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
    void startNext();
    void rowChanged(const EngineJob* job);
    void jobFinished(EngineJob* job);
    void dropOld();

    std::vector<std::unique_ptr<EngineJob>> m_jobs;
};

} // namespace ropescope
