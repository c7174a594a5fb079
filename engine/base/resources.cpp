#include "engine/base/resources.h"

#include <cstdlib>

namespace ropescope {

std::filesystem::path resourceFolder() {
    if (const char* folder = std::getenv("ROPESCOPE_RESOURCES"))
        return folder;
    return ROPESCOPE_RESOURCE_FOLDER;
}

std::filesystem::path modelPath(std::string_view spec) {
    return spec == "demo" ? resourceFolder() / "demo" / "model" : std::filesystem::path(spec);
}

std::filesystem::path textPath(std::string_view spec) {
    return spec == "demo" ? resourceFolder() / "demo" / "heldout_kjv.txt" : std::filesystem::path(spec);
}

} // namespace ropescope
