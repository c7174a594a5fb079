// The queue and the log: every job with its outcome, cancel, and all that was said, to be copied.
#pragma once

#include <QDialog>

#include "app/window/job_queue.h"

class QListView;
class QPlainTextEdit;

namespace ropescope {

// Not modal; one per window, shown and hidden. Collects the log from the start, whether shown or not.
class JobDialog : public QDialog {
    Q_OBJECT

public:
    JobDialog(JobQueue& queue, QWidget* parent);

    void log(const QString& line);

private:
    void cancelChosen();
    void logEnd(const EngineJob& job);

    JobQueue& m_queue;
    QListView* m_jobs;
    QPlainTextEdit* m_log;
};

} // namespace ropescope
