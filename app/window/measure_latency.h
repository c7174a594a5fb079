// --measure-latency: the window offscreen while the bundled model is searched on all cores.
#pragma once

#include "engine/base/outcome.h"
#include "views/models/latency_statistics.h"

namespace ropescope {

class MainWindow;

// Begins a search in the window's present setup, kept in a folder that is removed afterwards, and runs the event loop
// for so many seconds, with a pair being dragged as a person would. Milliseconds.
[[nodiscard]] Result<LatencyStatistics> measureLatency(MainWindow& window, double seconds);

} // namespace ropescope
