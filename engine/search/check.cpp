#include "engine/search/check.h"

#include <cmath>

#include <fmt/format.h>

namespace ropescope {

Result<void> checkFactors(const std::vector<double>& factors, double attentionFactor) {
    for (std::size_t pair = 0; pair < factors.size(); ++pair)
        if (!std::isfinite(static_cast<float>(factors[pair])) || !(static_cast<float>(factors[pair]) > 0))
            return fail(
                usageError(fmt::format("factor {} of pair {}: must be a finite number above 0", factors[pair], pair)));
    if (!std::isfinite(attentionFactor) || !(attentionFactor > 0))
        return fail(usageError(fmt::format("attention factor {}: must be a finite number above 0", attentionFactor)));
    return {};
}

Result<void> checkStart(const FactorSet& start) {
    if (start.factors.empty())
        return fail(usageError("a search needs at least one rotary pair"));
    return checkFactors(start.factors, start.attentionFactor);
}

Result<std::vector<bool>> lockFlags(const LockPairs& edit, std::size_t pairs) {
    std::vector<bool> flags(pairs, false);
    for (const int pair : edit.pairs) {
        if (pair < 0 || static_cast<std::size_t>(pair) >= pairs)
            return fail(usageError(fmt::format("pair {} can't be locked: there are pairs 0 to {}", pair, pairs - 1)));
        flags[static_cast<std::size_t>(pair)] = true;
    }
    return flags;
}

} // namespace ropescope
