#include "app/cli/console.h"

#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"

namespace ropescope::cli {
namespace {

using Clock = std::chrono::steady_clock;

double secondsBetween(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

std::string clockText(double seconds) {
    const auto whole = static_cast<long>(seconds + 0.5);
    return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                         : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string barText(double share) {
    constexpr int width = 24;
    const int filled = static_cast<int>(share * width);
    std::string bar;
    for (int cell = 0; cell < width; ++cell)
        bar += cell < filled ? "█" : "·";
    return bar;
}

std::string amountText(double amount, const std::string& unit) {
    if (unit == "bytes")
        return fmt::format("{:.1f} MB", amount / 1e6);
    return amount >= 100 ? fmt::format("{:.0f} {}", amount, unit) : fmt::format("{:.3g} {}", amount, unit);
}

} // namespace

Console::Console(bool quiet) : m_quiet(quiet), m_terminal(::isatty(STDERR_FILENO) == 1) {}

Console::~Console() {
    const std::scoped_lock lock(m_mutex);
    clearBar();
}

void Console::print(const std::string& text) {
    const std::scoped_lock lock(m_mutex);
    clearBar();
    fmt::print(stdout, "{}\n", text);
    std::fflush(stdout);
}

void Console::printJson(const nlohmann::json& object) {
    // JSON has no NaN: nlohmann writes null for it. Text in it may come from byte-level tokens, which can cut
    // UTF-8.
    print(object.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void Console::message(const std::string& text) {
    if (m_quiet)
        return;
    const std::scoped_lock lock(m_mutex);
    clearBar();
    fmt::print(stderr, "{}\n", text);
}

int Console::report(const Error& error) {
    const std::scoped_lock lock(m_mutex);
    clearBar();
    fmt::print(stderr, "ropescope: {}\n", error.message);
    switch (error.kind) {
    case ErrorKind::usage:
        return wrongUsage;
    case ErrorKind::input:
        return badInput;
    case ErrorKind::failed:
        break;
    }
    return workFailed;
}

int Console::reportCancelled(const std::string& kept) {
    const std::scoped_lock lock(m_mutex);
    clearBar();
    fmt::print(stderr, "ropescope: interrupted{}{}\n", kept.empty() ? "" : "; ", kept);
    return interrupted;
}

RunControl Console::control(std::stop_token stop) {
    RunControl control;
    control.stop = std::move(stop);
    control.onProgress = [this](const Progress& progress) { draw(progress); };
    return control;
}

void Console::draw(const Progress& progress) {
    if (m_quiet)
        return;
    const std::scoped_lock lock(m_mutex);
    const auto now = Clock::now();
    if (progress.activity != m_activity) {
        m_activity = progress.activity;
        m_startDone = progress.done;
        m_started = now;
        m_lastDrawn = {};
    }
    const bool complete = progress.total > 0 && progress.done >= progress.total;
    const double pause = m_terminal ? 0.1 : 10.0;
    if (m_lastDrawn == Clock::time_point{} && !m_terminal)
        m_lastDrawn = now; // a short activity needs no line in a log
    if (secondsBetween(m_lastDrawn, now) < pause && !(complete && m_terminal))
        return;
    m_lastDrawn = now;

    const double elapsed = secondsBetween(m_started, now);
    const double rate = elapsed > 0 ? (progress.done - m_startDone) / elapsed : 0;
    std::string line = m_activity;
    if (progress.total > 0) {
        const double share = progress.done / progress.total;
        line += fmt::format(" {} {:3.0f} %", m_terminal ? barText(share) : "", 100 * share);
    }
    if (rate > 0)
        line += fmt::format("  {}/s", amountText(rate, progress.unit));
    line += fmt::format("  {} elapsed", clockText(elapsed));
    if (rate > 0 && progress.total > progress.done)
        line += fmt::format(", {} left", clockText((progress.total - progress.done) / rate));
    if (m_terminal) {
        fmt::print(stderr, "\r\x1b[K{}", line);
        std::fflush(stderr);
        m_barShown = true;
    } else {
        fmt::print(stderr, "{}\n", line);
    }
}

void Console::clearBar() {
    if (m_barShown)
        fmt::print(stderr, "\r\x1b[K");
    m_barShown = false;
}

} // namespace ropescope::cli
