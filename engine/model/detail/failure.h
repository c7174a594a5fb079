// How a failure travels inside the engine's LibTorch rooms, up to the border where it becomes a value again.
#pragma once

#include <functional>
#include <new>
#include <stop_token>

#include "engine/base/outcome.h"
#include "engine/detail/torch.h"

namespace ropescope::detail {

// Thrown inside the room only; guarded() turns it into its Error.
struct EngineFailure {
    Error error;
};
[[noreturn]] inline void raise(Error error) {
    throw EngineFailure{std::move(error)};
}

// Thrown where a stop request is noticed; guarded() turns it into Cancelled.
struct StopNoticed {};
inline void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested())
        throw StopNoticed{};
}

// True for an exception that says that memory ran out, on the host or on a GPU.
[[nodiscard]] bool isOutOfMemory(const std::exception& exception);

// The error for whatever `exception` is: `advice` is added where memory ran out.
[[nodiscard]] Error errorOf(const std::exception& exception, const std::string& advice);

// Runs `work` and returns what it made; every exception becomes Cancelled or Error. `advice` says what to do
// when memory runs out.
template <class Report>
[[nodiscard]] Outcome<Report> guarded(const std::string& advice, const std::function<Report()>& work) {
    try {
        return work();
    } catch (const StopNoticed&) {
        return Cancelled{};
    } catch (EngineFailure& failure) {
        return std::move(failure.error);
    } catch (const std::exception& exception) {
        return errorOf(exception, advice);
    }
}

} // namespace ropescope::detail
