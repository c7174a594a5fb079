// The weights of a .gguf file, under Hugging Face names.
#pragma once

#include "engine/model/checkpoint.h"

namespace ropescope {

// Every tensor of the file; of all of its shards when it is one of NAME-00001-of-0000N.gguf.
[[nodiscard]] Result<Checkpoint::Content> readGgufFiles(const std::filesystem::path& path);

} // namespace ropescope
