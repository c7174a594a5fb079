// The real model that some tests read: from the environment variable ROPESCOPE_SMOLLM2 or the CMake variable of
// that name.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace ropescope::test {

// Empty where the model is not at hand.
inline std::filesystem::path smollm2File() {
    const char* given = std::getenv("ROPESCOPE_SMOLLM2");
    const std::filesystem::path file = given ? given : ROPESCOPE_SMOLLM2_FILE;
    return std::filesystem::exists(file) ? file : std::filesystem::path();
}

} // namespace ropescope::test
