// How long the event loop lets an event wait while the engine computes on all cores.
#pragma once

#include <thread>
#include <vector>

#include <QObject>

#include "views/models/latency_statistics.h"

namespace ropescope {

// Posts an event every few milliseconds from a thread of its own and measures when the GUI thread gets to it.
class LatencyProbe : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    void start();
    // Milliseconds between posting and handling.
    [[nodiscard]] LatencyStatistics stop();

private:
    std::vector<double> m_waits;
    std::jthread m_poster; // last: joins before the rest dies
};

} // namespace ropescope
