// Where the bundled demo model and text lie, and what the word `demo` stands for.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ropescope {

// The project's resources/ folder; the environment variable ROPESCOPE_RESOURCES names another.
[[nodiscard]] std::filesystem::path resourceFolder();

// `demo` becomes the bundled model's folder or text; anything else is a path as it stands.
[[nodiscard]] std::filesystem::path modelPath(std::string_view spec);
[[nodiscard]] std::filesystem::path textPath(std::string_view spec);

// The reverse, for a study that is copied and mailed: `demo` for the bundled model or text, else the absolute path.
[[nodiscard]] std::string portableModelPath(const std::filesystem::path& path);
[[nodiscard]] std::string portableTextPath(const std::filesystem::path& path);

} // namespace ropescope
