#include "app/window/job_bar.h"

#include <array>
#include <cmath>
#include <fstream>
#include <string>

#include <unistd.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>

#include "views/models/value_text.h"
#include "views/widgets/theme.h"

namespace ropescope {

namespace {

// Resident memory of this process, in bytes; 0 where the system does not say.
double residentBytes() {
    std::ifstream statm("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    statm >> pages >> resident;
    return statm ? resident * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

} // namespace

JobBar::JobBar(JobQueue& queue, QWidget* parent)
    : QWidget(parent), m_queue(queue), m_title(new QLabel(this)), m_status(new QLabel(this)),
      m_progress(new QProgressBar(this)), m_cancel(new QPushButton(tr("cancel"), this)), m_message(new QLabel(this)),
      m_dismiss(new QPushButton(tr("dismiss"), this)), m_right(new QLabel(this)), m_tick(new QTimer(this)) {
    setObjectName(QStringLiteral("jobBar"));
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("Open the queue and the log (Ctrl+J)"));
    m_status->setObjectName(QStringLiteral("jobStatus"));
    m_progress->setObjectName(QStringLiteral("jobProgress"));
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(26 * spacingUnit);
    m_progress->setAccessibleName(tr("Progress of the running job"));
    m_cancel->setObjectName(QStringLiteral("cancelJob"));
    m_cancel->setToolTip(tr("Stop the running job at its next safe point; what was computed is kept (Esc)"));
    m_message->setObjectName(QStringLiteral("message"));
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_right->setObjectName(QStringLiteral("jobRight"));
    m_right->setProperty("role", QStringLiteral("quiet"));
    m_dismiss->setObjectName(QStringLiteral("dismissMessage"));
    for (QPushButton* button : {m_cancel, m_dismiss})
        button->setProperty("role", QStringLiteral("link"));
    m_dismiss->hide();

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2);
    layout->setSpacing(2 * spacingUnit);
    for (QWidget* part : std::array<QWidget*, 4>{m_title, m_status, m_progress, m_cancel})
        layout->addWidget(part);
    layout->addWidget(m_message, 1);
    layout->addWidget(m_dismiss);
    layout->addWidget(m_right);

    m_tick->setInterval(1000);
    connect(m_tick, &QTimer::timeout, this, &JobBar::follow);
    connect(&queue, &JobQueue::activityChanged, this, &JobBar::follow);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (EngineJob* job = m_queue.running())
            job->cancel();
    });
    connect(m_dismiss, &QPushButton::clicked, this, [this] { showMessage({}, false); });
    connect(&queue, &JobQueue::jobFailed, this, [this](const QString& title, const QString& message) {
        showMessage(tr("%1: %2").arg(title, message), true);
    });
    m_tick->start();
    follow();
}

void JobBar::showMessage(const QString& message, bool warning) {
    m_message->setText(message);
    m_message->setToolTip(message);
    Theme::setRole(*m_message, warning ? QStringLiteral("warning") : QStringLiteral("quiet"));
    m_dismiss->setVisible(!message.isEmpty());
}

void JobBar::follow() {
    const EngineJob* job = m_queue.running();
    if (job && job->quiet())
        return; // over before anyone could read it
    for (QWidget* part : std::array<QWidget*, 3>{m_status, m_progress, m_cancel})
        part->setVisible(job != nullptr);
    m_title->setText(job ? job->title() : tr("Nothing is running"));
    Theme::setRole(*m_title, job ? QString() : QStringLiteral("quiet"));
    if (job) {
        m_status->setText(JobQueue::statusText(*job));
        const Progress& progress = job->progress();
        m_progress->setRange(0, progress.total > 0 ? 1000 : 0);
        if (progress.total > 0)
            m_progress->setValue(static_cast<int>(std::lround(1000 * progress.done / progress.total)));
        m_cancel->setEnabled(!job->stopping());
    }
    QStringList right;
    if (m_queue.waiting() > 0)
        right << tr("%n waiting", nullptr, m_queue.waiting());
    if (const double bytes = residentBytes(); bytes > 0)
        right << tr("%1 memory").arg(bytesText(bytes));
    m_right->setText(right.join(QStringLiteral("   ")));
}

void JobBar::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        Q_EMIT queueRequested();
}

} // namespace ropescope
