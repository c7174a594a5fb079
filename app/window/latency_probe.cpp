#include "app/window/latency_probe.h"

#include <chrono>

namespace ropescope {

namespace {

constexpr auto interval = std::chrono::milliseconds(4);

} // namespace

void LatencyProbe::start() {
    using Clock = std::chrono::steady_clock;
    m_waits.clear();
    m_poster = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto posted = Clock::now();
            QMetaObject::invokeMethod(
                this,
                [this, posted] {
                    m_waits.push_back(std::chrono::duration<double, std::milli>(Clock::now() - posted).count());
                },
                Qt::QueuedConnection);
            std::this_thread::sleep_for(interval);
        }
    });
}

LatencyStatistics LatencyProbe::stop() {
    m_poster.request_stop();
    if (m_poster.joinable())
        m_poster.join();
    return latencyStatistics(m_waits);
}

} // namespace ropescope
