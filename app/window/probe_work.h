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

// Sets scored on the same windows, length by length and set by set.
struct PerplexityWork {
    std::vector<SetId> sets;
    std::vector<FactorSet> factors;    // of the sets
    std::vector<std::int64_t> lengths; // rising
    std::int64_t windows = 1;          // side by side, at most
    ProbeComparison before;            // what was compared earlier
};
// Called on the job's thread after each set, with its index in the work.
using PerplexitySink = std::function<void(std::size_t, const PerplexityResult&)>;
// The comparison at the last length. What was done before a cancel is in the study all the same, and is not done again:
// whatever the study knows of the same windows, factors, attention, number type and device is taken from there.
[[nodiscard]] Outcome<ProbeComparison> runPerplexity(const ProbePlace& place, const PerplexityWork& work,
                                                     const PerplexitySink& sink, const RunControl& control);

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
