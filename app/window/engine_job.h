// One run of engine work on a thread of its own: the one place that knows both the engine's stop tokens and Qt's event
// loop.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QObject>
#include <QString>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"

class QTimer;

namespace ropescope {

// How running work hands values to the window while it goes on. Copyable; any thread.
class JobChannel {
public:
    // Runs `deliver` on the GUI thread, in order, batched to about 30 deliveries a second; what was posted before the
    // work ended is delivered before the job says that it finished. Capture values only.
    void post(std::function<void()> deliver) const;

private:
    friend class EngineJob;
    struct Mail;
    std::shared_ptr<Mail> m_mail;
};

// What work returns: how to show its report (run on the GUI thread), or that it was cancelled, or why it failed.
using JobEnd = Outcome<std::function<void()>>;
using JobWork = std::function<JobEnd(const RunControl&, const JobChannel&)>;

// A look is part of showing something (an earlier state of a search), a keep writes what would be lost otherwise: both
// take their turn in the queue, and nobody needs to read that they were there.
enum class JobKind { work, look, keep };

// Stop goes through the token; the work ends by returning Cancelled and nothing posted is lost. A job runs once: stale
// deliveries cannot occur. Destroying a running job asks it to stop and waits. GUI thread only.
class EngineJob : public QObject {
    Q_OBJECT

public:
    enum class State { waiting, running, done, cancelled, failed };

    EngineJob(QString title, JobWork work, QObject* parent = nullptr, JobKind kind = JobKind::work);
    ~EngineJob() override;

    void start();
    // Asks the work to stop; a waiting job is cancelled at once. Shows as "stopping" until the work returns.
    void cancel();

    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] JobKind kind() const { return m_kind; }
    // Not listed once it ended, nor in the log.
    [[nodiscard]] bool quiet() const { return m_kind != JobKind::work; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool stopping() const { return m_stopping; }
    [[nodiscard]] const Progress& progress() const { return m_progress; }
    // Units per second over the whole run; 0 before anything is known.
    [[nodiscard]] double rate() const;
    // -1 when not known.
    [[nodiscard]] double secondsLeft() const;
    [[nodiscard]] double secondsRunning() const;
    // Of a failed job: what happened and what to do.
    [[nodiscard]] QString message() const { return m_message; }

Q_SIGNALS:
    void progressChanged();
    // Waiting, running, stopping, or ended.
    void stateChanged();
    // Once, after the last delivery, whatever the outcome.
    void finished();

private:
    void takeProgress();
    void deliver();
    void end();
    void setState(State state);

    QString m_title;
    JobWork m_work;
    JobKind m_kind;
    State m_state = State::waiting;
    bool m_stopping = false;
    Progress m_progress;
    QString m_message;
    QElapsedTimer m_clock;
    double m_seconds = 0;
    JobChannel m_channel;
    QTimer* m_deliveryTimer;
    QFutureWatcher<JobEnd> m_watcher;
    std::jthread m_thread; // last: joins before the watcher dies
};

// Work with a typed report becomes a job: `onReport` runs on the GUI thread.
template <class Report>
[[nodiscard]] JobWork typedWork(std::function<Outcome<Report>(const RunControl&, const JobChannel&)> work,
                                std::function<void(const Report&)> onReport) {
    return [work = std::move(work), onReport = std::move(onReport)](const RunControl& control,
                                                                    const JobChannel& channel) -> JobEnd {
        Outcome<Report> outcome = work(control, channel);
        if (auto* error = std::get_if<Error>(&outcome))
            return *error;
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        auto report = std::make_shared<const Report>(std::get<Report>(std::move(outcome)));
        return std::function<void()>([report, onReport] { onReport(*report); });
    };
}

} // namespace ropescope
