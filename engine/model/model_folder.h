// What lies in a folder that was given as a model and isn't one.
#pragma once

#include <filesystem>
#include <string>

namespace ropescope {

// For the "found" of a message: names a .gguf file or weights in another format, which explain the mistake, where
// there is one.
[[nodiscard]] std::string describeFolder(const std::filesystem::path& folder);

} // namespace ropescope
