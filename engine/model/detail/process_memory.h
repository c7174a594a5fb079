// What the system says of this process's and the machine's memory.
#pragma once

#include <cstdint>

namespace ropescope::detail {

// The largest resident set since the process began or since the last reset.
[[nodiscard]] std::int64_t peakResidentBytes();
// Starts the peak anew from the present resident set; without effect where the system doesn't permit it.
void resetPeakResident();
// Memory that can still be taken without swapping: the machine's, or less where a control group limits it.
[[nodiscard]] std::int64_t availableBytes();

// All of that memory, free or not.
[[nodiscard]] std::int64_t installedBytes();
// The resident set at present.
[[nodiscard]] std::int64_t residentBytes();

} // namespace ropescope::detail
