#include "app/window/engine_job.h"

#include <exception>
#include <limits>

#include <sys/resource.h>
#include <unistd.h>

#include <QPromise>
#include <QTimer>

namespace ropescope {

namespace {

constexpr int deliveryInterval = 33; // milliseconds

// The kernel prefers the GUI thread to this one and to the computing threads that it starts. A search may use all
// cores, and the window still answers at once.
void giveWayToTheWindow() {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
}

// The engine does not throw, but code between it and here may run out of memory.
JobEnd guarded(const JobWork& work, const RunControl& control, const JobChannel& channel) {
    try {
        return work(control, channel);
    } catch (const std::bad_alloc&) {
        return failure("This needs more memory than there is.");
    } catch (const std::exception& problem) {
        return failure(problem.what());
    }
}

} // namespace

// Between the work's thread and the GUI thread.
struct JobChannel::Mail {
    std::mutex mutex;
    std::vector<std::function<void()>> pending;
    Progress progress;
    std::function<void()> notify; // wakes the GUI thread; called when pending was empty
};

void JobChannel::post(std::function<void()> deliver) const {
    const std::lock_guard lock(m_mail->mutex);
    m_mail->pending.push_back(std::move(deliver));
    if (m_mail->pending.size() == 1 && m_mail->notify)
        m_mail->notify();
}

EngineJob::EngineJob(QString title, JobWork work, QObject* parent, JobKind kind)
    : QObject(parent), m_title(std::move(title)), m_work(std::move(work)), m_kind(kind),
      m_deliveryTimer(new QTimer(this)) {
    m_channel.m_mail = std::make_shared<JobChannel::Mail>();
    m_deliveryTimer->setSingleShot(true);
    m_deliveryTimer->setInterval(deliveryInterval);
    connect(m_deliveryTimer, &QTimer::timeout, this, &EngineJob::deliver);
    connect(&m_watcher, &QFutureWatcherBase::progressValueChanged, this, &EngineJob::takeProgress);
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &EngineJob::end);
}

EngineJob::~EngineJob() {
    m_thread.request_stop();
    m_watcher.disconnect(this);
}

void EngineJob::start() {
    if (m_state != State::waiting)
        return;
    m_clock.start();
    setState(State::running);
    QPromise<JobEnd> promise;
    promise.setProgressRange(0, std::numeric_limits<int>::max());
    m_watcher.setFuture(promise.future());
    m_channel.m_mail->notify = [this] {
        QMetaObject::invokeMethod(m_deliveryTimer, qOverload<>(&QTimer::start), Qt::QueuedConnection);
    };
    m_thread =
        std::jthread([promise = std::move(promise), work = m_work, channel = m_channel](std::stop_token stop) mutable {
            giveWayToTheWindow();
            promise.start();
            int reports = 0;
            const RunControl control{std::move(stop), [&](const Progress& progress) {
                                         {
                                             const std::lock_guard lock(channel.m_mail->mutex);
                                             channel.m_mail->progress = progress;
                                         }
                                         promise.setProgressValue(++reports); // throttled by the promise
                                     }};
            promise.addResult(guarded(work, control, channel));
            promise.finish();
        });
}

void EngineJob::cancel() {
    if (m_state == State::waiting) {
        setState(State::cancelled);
        Q_EMIT finished();
    } else if (m_state == State::running && !m_stopping) {
        m_stopping = true;
        m_thread.request_stop();
        Q_EMIT stateChanged();
    }
}

void EngineJob::takeProgress() {
    {
        const std::lock_guard lock(m_channel.m_mail->mutex);
        m_progress = m_channel.m_mail->progress;
    }
    Q_EMIT progressChanged();
}

void EngineJob::deliver() {
    std::vector<std::function<void()>> batch;
    {
        const std::lock_guard lock(m_channel.m_mail->mutex);
        batch.swap(m_channel.m_mail->pending);
    }
    for (const auto& delivery : batch)
        delivery();
}

void EngineJob::end() {
    // Taking the result resets the future; a promise that still lived on the thread would then finish it again.
    m_thread.join();
    m_deliveryTimer->stop();
    m_seconds = static_cast<double>(m_clock.elapsed()) / 1000;
    takeProgress();
    deliver();
    // Taken, not copied: reports must not live as long as the list of ended jobs.
    auto future = m_watcher.future();
    const JobEnd result = future.takeResult();
    m_stopping = false;
    if (const auto* error = std::get_if<Error>(&result)) {
        m_message = QString::fromStdString(error->message);
        setState(State::failed);
    } else if (std::holds_alternative<Cancelled>(result)) {
        setState(State::cancelled);
    } else {
        if (const auto& show = std::get<std::function<void()>>(result))
            show();
        setState(State::done);
    }
    m_work = nullptr; // nor what the work captured: an open study, a model
    Q_EMIT finished();
}

void EngineJob::setState(State state) {
    m_state = state;
    Q_EMIT stateChanged();
}

double EngineJob::secondsRunning() const {
    if (m_state == State::waiting)
        return 0;
    return m_state == State::running ? static_cast<double>(m_clock.elapsed()) / 1000 : m_seconds;
}

double EngineJob::rate() const {
    const double seconds = secondsRunning();
    return seconds > 0 ? m_progress.done / seconds : 0;
}

double EngineJob::secondsLeft() const {
    if (m_progress.total <= 0 || rate() <= 0)
        return -1;
    return (m_progress.total - m_progress.done) / rate();
}

} // namespace ropescope
