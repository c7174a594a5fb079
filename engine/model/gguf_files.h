// The file or files that make up one GGUF model.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "engine/base/gguf_metadata.h"
#include "engine/base/outcome.h"

namespace ropescope {

// The file itself, or all shards in order when its name ends in -0000K-of-0000N.gguf. Never empty; the first one
// holds the model's keys.
[[nodiscard]] Result<std::vector<std::shared_ptr<const GgufMetadata>>> openGgufFiles(const std::filesystem::path& path);

} // namespace ropescope
