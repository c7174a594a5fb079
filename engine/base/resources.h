// Where the bundled demo model and text lie, and what the word `demo` stands for.
#pragma once

#include <filesystem>
#include <string_view>

namespace ropescope {

// The project's resources/ folder; the environment variable ROPESCOPE_RESOURCES names another.
[[nodiscard]] std::filesystem::path resourceFolder();

// `demo` becomes the bundled model's folder or text; anything else is a path as it stands.
[[nodiscard]] std::filesystem::path modelPath(std::string_view spec);
[[nodiscard]] std::filesystem::path textPath(std::string_view spec);

} // namespace ropescope
