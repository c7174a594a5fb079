// The bar at the bottom: the running job with cancel, what waits, and the newest message. A click opens queue and log.
#pragma once

#include <QWidget>

#include "app/window/job_queue.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;

namespace ropescope {

class JobBar : public QWidget {
    Q_OBJECT

public:
    explicit JobBar(JobQueue& queue, QWidget* parent = nullptr);

    // A line that stays until the next one or until it is dismissed; failures in the warning colour.
    void showMessage(const QString& message, bool warning);

Q_SIGNALS:
    void queueRequested();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    void follow();

    JobQueue& m_queue;
    QLabel* m_title;
    QLabel* m_status;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QLabel* m_message;
    QPushButton* m_dismiss;
    QLabel* m_right;
    QTimer* m_tick;
};

} // namespace ropescope
