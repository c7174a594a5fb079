// The border of the probes: nothing is thrown across it.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "engine/base/outcome.h"

namespace ropescope {

// Runs `work`, which returns an Outcome, and turns what the standard library may throw under it into an Error.
template <class Work>
[[nodiscard]] auto guarded(const Work& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return failure("out of memory: take a shorter length or fewer windows");
    } catch (const std::exception& problem) {
        return failure(std::string("unexpected: ") + problem.what());
    }
}

} // namespace ropescope
