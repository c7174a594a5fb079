// Between a study's probes and the values that the pages show.
#pragma once

#include <vector>

#include "engine/study/study_contents.h"
#include "views/models/factor_set_store.h"
#include "views/models/landscape_model.h"
#include "views/models/probe_model.h"
#include "views/models/sensitivity_model.h"

namespace ropescope {

// What was measured of one factor set: sets are known by their factors, because a study outlives the window's ids.
template <class Value>
struct OfFactors {
    FactorSet factors;
    Value value;
};

// A landscape as far as it went. Its plan names no set yet.
struct KeptLandscape {
    LandscapePlan plan;
    std::vector<LandscapeSample> samples;
    bool finished = false;
};

// Everything measured under one form of attention, oldest first, and the sets that a person had.
struct KeptMeasurements {
    std::vector<StudyFactorSet> sets;
    std::vector<OfFactors<Measurement>> perplexities;
    ProbeComparison comparison; // the newest of several sets, else of one; its sets are without ids
    std::vector<OfFactors<PasskeyResult>> passkeys;
    std::vector<KeptLandscape> landscapes;
    std::vector<OfFactors<Sensitivity>> sensitivities; // without ids
};
[[nodiscard]] KeptMeasurements measurementsIn(const StudyContents& contents, const AttentionForm& attention);

// Factors and attention factor; where they came from makes no difference to a measurement.
[[nodiscard]] bool sameFactors(const FactorSet& a, const FactorSet& b);
[[nodiscard]] std::vector<SetId> ownersOf(const FactorSetStore& sets, const FactorSet& factors);
// Names the sets of a comparison that is without ids; those that are gone stay without.
void nameSets(const FactorSetStore& sets, ProbeComparison& comparison);

[[nodiscard]] Measurement measurementOf(const PerplexityResult& result);
// Cells whose depth was drawn per trial have no place in the grid.
[[nodiscard]] std::optional<PasskeyResult> resultOf(const PasskeyCell& cell);

// The results at the greatest length against each other, in their order and under these ids (none given: without),
// then those earlier sets that were scored on the same tokens.
[[nodiscard]] ProbeComparison comparisonOf(const std::vector<PerplexityResult>& results, const std::vector<SetId>& ids,
                                           const ProbeComparison& before);

} // namespace ropescope
