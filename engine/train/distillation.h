// How a student's distribution is held to a teacher's stored one: the modes of CEPE's distillation (arXiv 2402.16617,
// section 3.3; the authors' kl_loss_mode).
#pragma once

#include <string_view>
#include <variant>

#include "engine/base/outcome.h"

namespace ropescope {

// A teacher's distribution is stored as its k most likely tokens and one "rest" entry, the remaining probability. The
// student's entries are its probabilities of the same tokens and 1 - their sum.

// All k + 1 entries as they are. Infinite or NaN where the student's rest vanishes in float32.
struct PlainDivergence {};
// `amount` added to every entry of both, and both divided by 1 + amount (k + 1).
struct SmoothedDivergence {
    double amount = 1e-6;
};
// Without the rest entry and not normalised again, so the divergence may be negative.
struct DivergenceWithoutRest {};

using DivergenceMode = std::variant<PlainDivergence, SmoothedDivergence, DivergenceWithoutRest>;

// The authors' words: "smooth_AMOUNT", "drop", anything else for all entries as they are. Usage error for a word with
// "smooth" in it whose text after the last "_" is no number above 0.
[[nodiscard]] Result<DivergenceMode> parseDivergenceMode(std::string_view word);

} // namespace ropescope
