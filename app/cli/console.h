// Where the client's words go: results to standard output, messages and progress to standard error.
#pragma once

#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"

namespace ropescope::cli {

// On a terminal progress is one bar with rate, elapsed and remaining time, redrawn in place; elsewhere a line
// now and then; nothing with --quiet. Thread-safe.
class Console {
public:
    explicit Console(bool quiet);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    // Results. With --json the object is the only thing on standard output.
    void print(const std::string& text);
    void printJson(const nlohmann::json& object);
    // Messages for people.
    void message(const std::string& text);
    // Prints the error and returns the exit code that belongs to its kind.
    [[nodiscard]] int report(const Error& error);
    // Says that work was interrupted and what was kept; returns exit code 130.
    [[nodiscard]] int reportCancelled(const std::string& kept);

    // Run control whose progress is drawn here.
    [[nodiscard]] RunControl control(std::stop_token stop);

private:
    void draw(const Progress& progress);
    void clearBar();

    std::mutex m_mutex;
    bool m_quiet;
    bool m_terminal;
    std::string m_activity;
    double m_startDone = 0;
    bool m_barShown = false;
    std::chrono::steady_clock::time_point m_started;
    std::chrono::steady_clock::time_point m_lastDrawn;
};

} // namespace ropescope::cli
