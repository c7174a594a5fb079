// How long a test waits for what must come.
#pragma once

namespace ropescope::test {

// Milliseconds. Only what hangs takes as long, and is then named before ctest's limit ends the program; a loaded
// machine and a sanitizer may make much of it.
inline constexpr int patience = 280'000;

} // namespace ropescope::test
