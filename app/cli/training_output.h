// What `ropescope train` says: before it starts, while it runs, at the end.
#pragma once

#include <chrono>
#include <string>

#include "app/cli/command.h"
#include "engine/train/training_estimate.h"
#include "engine/train/training_plan.h"

namespace ropescope::cli {

// A line of losses on the console now and then, whatever the speed.
class TrainingLines {
public:
    explicit TrainingLines(Console& console) : m_console(console) {}
    void show(const TrainingStep& step);

private:
    Console& m_console;
    std::chrono::steady_clock::time_point m_last;
};

// For people: size, time, memory by part, and what would not fit.
[[nodiscard]] std::string estimateText(const TrainingEstimate& estimate);
// The same as a result of its own.
void showEstimate(const TrainingEstimate& estimate, const CommonOptions& common, Console& console);
void showReport(const TrainingReport& report, const TrainingEstimate& estimate, const CommonOptions& common,
                Console& console);

} // namespace ropescope::cli
