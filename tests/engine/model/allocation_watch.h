// The largest single allocation of this test program, to show that hostile files don't cause huge ones.
#pragma once

#include <cstddef>

namespace ropescope::test {

void forgetAllocations();
[[nodiscard]] std::size_t largestAllocation();

} // namespace ropescope::test
