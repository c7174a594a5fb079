// Files appear whole or not at all: written beside the destination, flushed to disk, then renamed over it.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/outcome.h"

namespace ropescope {

// Replaces `path` by `content`. On failure the old file, if any, is untouched and nothing else is left
// behind.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view content);

// The whole file as bytes; an input error naming the file when it is missing, unreadable or larger than
// `limit`.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::uintmax_t limit = std::uintmax_t{1} << 32);

} // namespace ropescope
