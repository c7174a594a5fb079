// The two published formulas for the attention factor: the number that multiplies cos and sin.
#pragma once

#include <cstdint>

namespace ropescope {

// YaRN (arXiv 2309.00071, eq. 22) and DCIS: 0.1 ln s + 1; 1 for scales up to 1.
[[nodiscard]] double yarnAttentionFactor(double scale);

// LongRoPE and Phi-3 ("su"), and what servers assume for longrope without an explicit value:
// sqrt(1 + ln s / ln L); 1 for scales up to 1 and for trained lengths up to 1.
[[nodiscard]] double suAttentionFactor(double scale, std::int64_t trainedLength);

} // namespace ropescope
