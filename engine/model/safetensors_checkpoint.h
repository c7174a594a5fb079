// A model folder in Hugging Face layout: model.safetensors, or shards listed by model.safetensors.index.json.
#pragma once

#include "engine/model/checkpoint.h"

namespace ropescope {

// Every tensor of the folder. A folder without safetensors files, an index that names tensors its shards don't
// hold, and a tensor in two shards are input errors.
[[nodiscard]] Result<Checkpoint::Content> readSafetensorsFolder(const std::filesystem::path& folder);

} // namespace ropescope
