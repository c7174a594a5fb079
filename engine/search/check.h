// Checks of vectors and locks that every method makes.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/search/method.h"

namespace ropescope {

// Factors and attention factor finite and above 0, as a person's vector must be.
[[nodiscard]] Result<void> checkFactors(const std::vector<double>& factors, double attentionFactor);
// A start: as above, and at least one pair.
[[nodiscard]] Result<void> checkStart(const FactorSet& start);
// One flag per pair; a usage error for a pair that doesn't exist.
[[nodiscard]] Result<std::vector<bool>> lockFlags(const LockPairs& edit, std::size_t pairs);

} // namespace ropescope
