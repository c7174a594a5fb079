// What a long job gets from its caller: a way to be stopped and a way to say how far it is.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace ropescope {

// A snapshot of a running job. `done` never falls and never exceeds `total`; total 0 means not known yet.
struct Progress {
    std::string activity; // "loading weights", "searching"
    double done = 0;
    double total = 0;
    std::string unit; // "tokens", "evaluations", "bytes"
};

// Passed by const reference down to the loops. Callbacks run on the job's own thread and must be cheap; they
// may be empty. Jobs poll `stop` at least once per forward pass of the model.
struct RunControl {
    std::stop_token stop;
    std::function<void(const Progress&)> onProgress;

    [[nodiscard]] bool stopRequested() const { return stop.stop_requested(); }
    void report(const Progress& progress) const {
        if (onProgress)
            onProgress(progress);
    }
};

} // namespace ropescope
