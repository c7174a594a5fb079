// What became of a job, in the words of the pages' models.
#pragma once

#include "app/window/engine_job.h"
#include "views/models/probe_phase.h"

namespace ropescope {

[[nodiscard]] inline ProbePhase phaseOf(const EngineJob& job) {
    switch (job.state()) {
    case EngineJob::State::done:
        return ProbePhase::done;
    case EngineJob::State::cancelled:
        return ProbePhase::cancelled;
    case EngineJob::State::failed:
        return ProbePhase::failed;
    case EngineJob::State::waiting:
    case EngineJob::State::running:
        break;
    }
    return ProbePhase::running;
}

} // namespace ropescope
