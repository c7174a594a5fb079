// What a search begins with.
#pragma once

#include <optional>
#include <string>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"

namespace ropescope {

// `initial`: none, yarn, ntk, pi (or any other method of engine/rope) at target / trained length, or a factor file.
// As in the authors' program of DCIS the attention factor of a formula's start is YaRN's, 0.1 ln s + 1, whatever the
// formula; a file's is its own; `attentionFactor` overrides both. YaRN's factors are rounded as in that program.
[[nodiscard]] Result<FactorSet> searchStart(const std::string& initial, const RopeGeometry& geometry,
                                            std::int64_t targetLength, std::optional<double> attentionFactor);

} // namespace ropescope
