// pytorch_model.bin, sharded or not, as a checkpoint. The pickles are read as data, never executed.
#pragma once

#include "engine/model/checkpoint.h"

namespace ropescope {

// True where the folder holds pytorch_model.bin or pytorch_model.bin.index.json.
[[nodiscard]] bool holdsTorchWeights(const std::filesystem::path& folder);

// Every float32, float16 and bfloat16 tensor that lies in row-major order; others are listed as unreadable.
[[nodiscard]] Result<Checkpoint::Content> readTorchFolder(const std::filesystem::path& folder);

} // namespace ropescope
