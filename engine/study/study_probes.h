// What a person makes and measures beside a search, as a study keeps it: factor sets by name, probe results, notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/model/language_model.h"
#include "engine/probe/comparison.h"
#include "engine/probe/landscape.h"
#include "engine/probe/passkey.h"
#include "engine/probe/perplexity.h"
#include "engine/probe/sensitivity.h"
#include "engine/rope/factor_set.h"
#include "engine/study/study_training.h"

namespace ropescope {

// Names are unique within a study. `view` is how it is shown (colour, visible, ...): any text, kept as it is.
struct StudyFactorSet {
    std::string name;
    FactorSet set; // 1 to 65536 factors, all above 0 and finite
    std::string view;
    bool operator==(const StudyFactorSet&) const = default;
};

// Reports together with what was asked. Every number comes back bit for bit, NaN as NaN.
struct PerplexityProbe {
    PerplexityRequest request;
    std::vector<PerplexityResult> results; // one per case, every token's NLL included
};
struct PasskeyProbe {
    PasskeyRequest request;
    PasskeyReport report;
};
struct LandscapeProbe {
    LandscapeRequest request; // `known` is not kept: report.points are what is known
    LandscapeReport report;   // points by rising scale
    bool finished = false;
};
struct SensitivityProbe {
    SensitivityRequest request;
    SensitivityReport report;
};
struct ComparisonProbe {
    ComparisonRequest request;
    ComparisonReport report;
};
using ProbeResult = std::variant<PerplexityProbe, PasskeyProbe, LandscapeProbe, SensitivityProbe, ComparisonProbe>;

// perplexity, passkey, landscape, sensitivity or compare, as the client's commands are called.
[[nodiscard]] std::string_view probeKind(const ProbeResult& result);

using ProbeId = std::int64_t; // counts up from 1
struct StudyProbe {
    ProbeId id = 0;
    std::int64_t time = 0; // milliseconds since 1970, UTC
    ComputeType computeType = ComputeType::fp32;
    std::string device; // where it ran: LanguageModel::deviceName
    ProbeResult result;
    std::optional<ProbedCheckpoint> checkpoint{}; // none: the study's own model was measured
};

// Earlier points may serve a landscape of the same base, axes, length, windows and attention.
[[nodiscard]] bool sameLandscape(const LandscapeRequest& a, const LandscapeRequest& b);

struct StudyNote {
    std::int64_t id = 0;
    std::int64_t time = 0; // of its last change
    std::string text;
    bool operator==(const StudyNote&) const = default;
};

} // namespace ropescope
