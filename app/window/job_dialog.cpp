#include "app/window/job_dialog.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "views/widgets/theme.h"

namespace ropescope {

JobDialog::JobDialog(JobQueue& queue, QWidget* parent)
    : QDialog(parent), m_queue(queue), m_jobs(new QListView), m_log(new QPlainTextEdit) {
    setObjectName(QStringLiteral("jobDialog"));
    setWindowTitle(tr("Jobs"));
    resize(90 * spacingUnit, 60 * spacingUnit);
    m_jobs->setObjectName(QStringLiteral("jobList"));
    m_jobs->setAccessibleName(tr("Running, waiting and ended jobs"));
    m_jobs->setModel(&queue);
    m_jobs->setWordWrap(true);
    m_log->setObjectName(QStringLiteral("jobLog"));
    m_log->setAccessibleName(tr("Log"));
    m_log->setReadOnly(true);
    m_log->setMaximumBlockCount(10'000);

    auto* cancel = new QPushButton(tr("Cancel job"));
    cancel->setObjectName(QStringLiteral("cancelChosen"));
    cancel->setToolTip(tr("Stops the chosen job at its next safe point"));
    connect(cancel, &QPushButton::clicked, this, &JobDialog::cancelChosen);
    auto* copy = new QPushButton(tr("Copy log"));
    copy->setObjectName(QStringLiteral("copyLog"));
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_log->toPlainText()); });
    auto* close = new QPushButton(tr("Close"));
    close->setToolTip(tr("Esc"));
    connect(close, &QPushButton::clicked, this, &QDialog::hide);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(cancel);
    buttons->addWidget(copy);
    buttons->addStretch(1);
    buttons->addWidget(close);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(spacingUnit);
    column->addWidget(new QLabel(tr("Jobs, newest last")));
    column->addWidget(m_jobs, 1);
    column->addWidget(new QLabel(tr("Log")));
    column->addWidget(m_log, 1);
    column->addLayout(buttons);
    connect(&queue, &JobQueue::jobEnded, this, [this](const EngineJob* job) { logEnd(*job); });
}

void JobDialog::log(const QString& line) {
    m_log->appendPlainText(QDateTime::currentDateTime().toString(QStringLiteral("hh:mm:ss  ")) + line);
}

void JobDialog::logEnd(const EngineJob& job) {
    if (job.quiet() && job.state() != EngineJob::State::failed)
        return;
    log(QStringLiteral("%1   %2").arg(job.title(), JobQueue::statusText(job)));
}

void JobDialog::cancelChosen() {
    EngineJob* job = m_queue.at(m_jobs->currentIndex().row());
    if (!job)
        job = m_queue.running();
    if (job)
        job->cancel();
}

} // namespace ropescope
