// Probe requests and reports as JSON text: every double as its shortest exact decimal, what is no number as a word.
#pragma once

#include <string>

#include "engine/base/outcome.h"
#include "engine/study/study_probes.h"

namespace ropescope::detail {

// A probe without what is stored in series: the NLLs of perplexity windows, the points of a landscape.
struct ProbeText {
    std::string request, result;
};
[[nodiscard]] ProbeText probeText(const StudyProbe& probe);

// The reverse; fills computeType, device and result. The error's message says what is missing or wrong.
[[nodiscard]] Result<void> readProbeText(const std::string& kind, const ProbeText& text, StudyProbe& probe);

} // namespace ropescope::detail
