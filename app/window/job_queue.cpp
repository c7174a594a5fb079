#include "app/window/job_queue.h"

#include <algorithm>
#include <cmath>

#include <QLocale>
#include <QTimer>

#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr std::size_t keptJobs = 50;

bool ended(const EngineJob& job) {
    return job.state() != EngineJob::State::waiting && job.state() != EngineJob::State::running;
}

} // namespace

JobQueue::JobQueue(QObject* parent) : QAbstractListModel(parent) {}

JobQueue::~JobQueue() {
    for (const Entry& entry : m_jobs)
        entry.job->disconnect(this);
}

EngineJob* JobQueue::add(const QString& title, JobWork work, JobKind kind, const JobNeeds& needs) {
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_jobs.push_back({std::make_unique<EngineJob>(title, std::move(work), nullptr, kind), needs});
    endInsertRows();
    EngineJob* job = m_jobs.back().job.get();
    connect(job, &EngineJob::progressChanged, this, [this, job] { rowChanged(job); });
    connect(job, &EngineJob::stateChanged, this, [this, job] { rowChanged(job); });
    connect(job, &EngineJob::finished, this, [this, job] { jobFinished(job); });
    startReady();
    return job;
}

EngineJob* JobQueue::running() const {
    EngineJob* any = nullptr;
    for (const Entry& entry : m_jobs) {
        if (entry.job->state() != EngineJob::State::running)
            continue;
        if (entry.needs.engine)
            return entry.job.get();
        if (!any)
            any = entry.job.get();
    }
    return any;
}

bool JobQueue::needed(const QString& file) const {
    return std::any_of(m_jobs.begin(), m_jobs.end(),
                       [&file](const Entry& entry) { return !ended(*entry.job) && entry.needs.file == file; });
}

int JobQueue::waiting() const {
    return static_cast<int>(std::count_if(m_jobs.begin(), m_jobs.end(), [](const Entry& entry) {
        return entry.job->state() == EngineJob::State::waiting;
    }));
}

EngineJob* JobQueue::at(int row) const {
    return row >= 0 && row < rowCount() ? m_jobs[static_cast<std::size_t>(row)].job.get() : nullptr;
}

void JobQueue::cancelAll() {
    // Waiting ones first, or the end of a running one would start them. Whoever hears of an end may add jobs.
    std::vector<EngineJob*> cancelled;
    for (const auto state : {EngineJob::State::waiting, EngineJob::State::running})
        for (const Entry& entry : m_jobs)
            if (entry.job->state() == state && entry.job->kind() != JobKind::keep)
                cancelled.push_back(entry.job.get());
    for (EngineJob* job : cancelled)
        job->cancel();
}

int JobQueue::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_jobs.size());
}

QVariant JobQueue::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const EngineJob& job = *at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1   %2").arg(job.title(), statusText(job));
    case stateRole:
        return static_cast<int>(job.state());
    case fractionRole:
        return job.progress().total > 0 ? job.progress().done / job.progress().total : -1.0;
    case messageRole:
    case Qt::ToolTipRole:
        return job.message();
    case jobRole:
        return job.title();
    default:
        return {};
    }
}

QString JobQueue::statusText(const EngineJob& job) {
    switch (job.state()) {
    case EngineJob::State::waiting:
        return tr("waiting");
    case EngineJob::State::done:
        return tr("done in %1").arg(durationText(job.secondsRunning()));
    case EngineJob::State::cancelled:
        return tr("cancelled");
    case EngineJob::State::failed:
        return tr("failed: %1").arg(job.message());
    case EngineJob::State::running:
        break;
    }
    if (job.stopping())
        return tr("stopping at the next safe point…");
    const Progress& progress = job.progress();
    const QString unit = QString::fromStdString(progress.unit);
    QStringList parts;
    if (progress.total > 0)
        parts << tr("%1 of %2 %3")
                     .arg(countText(std::llround(progress.done)), countText(std::llround(progress.total)), unit);
    else if (!progress.activity.empty())
        parts << QString::fromStdString(progress.activity);
    if (job.rate() > 0)
        parts << tr("%1 /s").arg(job.rate() < 10 ? QLocale().toString(job.rate(), 'f', 2)
                                                 : countText(std::llround(job.rate())));
    if (job.secondsLeft() >= 0)
        parts << tr("%1 left").arg(durationText(job.secondsLeft()));
    return parts.isEmpty() ? tr("starting…") : parts.join(QStringLiteral("   "));
}

// In the order of asking: what an earlier job waits for is not given to a later one.
void JobQueue::startReady() {
    bool engineTaken = false;
    QStringList takenFiles;
    std::vector<EngineJob*> ready;
    for (const auto& [job, needs] : m_jobs) {
        if (ended(*job))
            continue;
        const bool free = !(needs.engine && engineTaken) && !takenFiles.contains(needs.file);
        if (free && job->state() == EngineJob::State::waiting)
            ready.push_back(job.get());
        engineTaken = engineTaken || needs.engine;
        if (!needs.file.isEmpty())
            takenFiles << needs.file;
    }
    for (EngineJob* job : ready)
        job->start();
}

void JobQueue::rowChanged(const EngineJob* job) {
    const auto found =
        std::find_if(m_jobs.begin(), m_jobs.end(), [job](const Entry& own) { return own.job.get() == job; });
    if (found != m_jobs.end()) {
        const QModelIndex changed = index(static_cast<int>(found - m_jobs.begin()));
        Q_EMIT dataChanged(changed, changed);
    }
    Q_EMIT activityChanged();
}

void JobQueue::jobFinished(EngineJob* job) {
    if (job->state() == EngineJob::State::failed)
        Q_EMIT jobFailed(job->title(), job->message());
    Q_EMIT jobEnded(job);
    startReady();
    if (!running() && waiting() == 0)
        Q_EMIT idle();
    // Not inside the job's own signal.
    QTimer::singleShot(0, this, &JobQueue::dropOld);
}

void JobQueue::dropOld() {
    std::size_t kept = m_jobs.size();
    for (std::size_t row = 0; row < m_jobs.size();) {
        const EngineJob& job = *m_jobs[row].job;
        if (!ended(job) || (kept <= keptJobs && !job.quiet())) {
            ++row;
            continue;
        }
        beginRemoveRows({}, static_cast<int>(row), static_cast<int>(row));
        m_jobs.erase(m_jobs.begin() + static_cast<std::ptrdiff_t>(row));
        endRemoveRows();
        --kept;
    }
}

} // namespace ropescope
