#include "engine/base/resources.h"

#include <cstdlib>

namespace ropescope {
namespace {

std::string portable(const std::filesystem::path& path, const std::filesystem::path& demo) {
    const auto plain = [](const std::filesystem::path& p) { return std::filesystem::absolute(p).lexically_normal(); };
    return plain(path) == plain(demo) ? "demo" : plain(path).string();
}

} // namespace

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

std::string portableModelPath(const std::filesystem::path& path) {
    return portable(path, modelPath("demo"));
}

std::string portableTextPath(const std::filesystem::path& path) {
    return portable(path, textPath("demo"));
}

} // namespace ropescope
