// Probes as they run inside jobs: measured with the laboratory's model, kept in the window's study as they come.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/window/laboratory.h"
#include "app/window/study_file.h"
#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "views/models/probe_model.h"

namespace ropescope {

// Where a probe runs and where its results stay.
struct ProbePlace {
    Laboratory& laboratory; // outlives all jobs
    std::shared_ptr<StudyFile> file;
    Setup setup;
};

// Sets scored on the same windows, length by length.
struct PerplexityWork {
    std::vector<SetId> sets;
    std::vector<FactorSet> factors;    // of the sets
    std::vector<std::int64_t> lengths; // rising
    std::int64_t windows = 1;          // side by side, at most
    ProbeComparison before;            // what was compared earlier
};
// Called on the job's thread after each length, with one result per set.
using LengthSink = std::function<void(const std::vector<PerplexityResult>&)>;
// The comparison at the last length. What was done before a cancel is in the study all the same.
[[nodiscard]] Outcome<ProbeComparison> runPerplexity(const ProbePlace& place, const PerplexityWork& work,
                                                     const LengthSink& sink, const RunControl& control);

// `request.attention` is ignored: the setup's counts. Usage error for a model without a tokenizer.
[[nodiscard]] Outcome<PasskeyReport> runPasskeys(const ProbePlace& place, PasskeyRequest request,
                                                 const std::function<void(const PasskeyCell&)>& sink,
                                                 const RunControl& control);

// Points that the study knows already go to the sink first.
[[nodiscard]] Outcome<LandscapeReport> runLandscape(const ProbePlace& place, LandscapeRequest request,
                                                    const LandscapeSink& sink, const RunControl& control);

[[nodiscard]] Outcome<SensitivityReport> runSensitivity(const ProbePlace& place, SensitivityRequest request,
                                                        const RunControl& control);

} // namespace ropescope
