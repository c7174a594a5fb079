#include "app/window/measure_latency.h"

#include <cmath>

#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>

#include "app/window/latency_probe.h"
#include "app/window/main_window.h"
#include "app/window/search_controller.h"

namespace ropescope {

namespace {

constexpr int handInterval = 50; // milliseconds between a person's changes

} // namespace

Result<LatencyStatistics> measureLatency(MainWindow& window, double seconds) {
    const QTemporaryDir folder;
    window.search().setStudyFolder(folder.path());
    window.show();
    QString problem;
    QEventLoop loop;
    QObject::connect(&window.search(), &SearchController::failed, &loop, [&](const QString& message) {
        problem = message;
        loop.quit();
    });
    // The clock starts when the first candidate is scored: loading the model is not searching.
    LatencyProbe probe;
    QTimer hand;
    int moves = 0;
    QObject::connect(&hand, &QTimer::timeout, &window,
                     [&] { window.bench().setup().setTargetLength(4096 + 64 * (++moves % 128)); });
    bool started = false;
    QObject::connect(&window.bench().search(), &SearchModel::changed, &loop, [&] {
        if (started || window.bench().search().snapshot().scored.empty())
            return;
        started = true;
        probe.start();
        hand.start(handInterval);
        QTimer::singleShot(static_cast<int>(std::lround(1000 * seconds)), &loop, &QEventLoop::quit);
    });
    window.search().step(SearchStep::end);
    loop.exec();
    hand.stop();
    const LatencyStatistics statistics = probe.stop();
    window.search().pause();
    if (window.jobs().running()) {
        QObject::connect(&window.jobs(), &JobQueue::idle, &loop, &QEventLoop::quit);
        loop.exec();
    }
    window.search().closeStudy();
    if (!problem.isEmpty())
        return fail(failure(problem.toStdString()));
    return statistics;
}

} // namespace ropescope
