// Writes weights as Hugging Face reads them: one model.safetensors, or shards with their index.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/stored_type.h"

namespace ropescope {

// A tensor to be written; plain types only (F32, F16, BF16).
struct TensorToWrite {
    std::string name;                // no two alike
    std::vector<std::int64_t> shape; // slowest axis first; empty for a single number
    StoredType type = StoredType::f32;

    [[nodiscard]] std::uint64_t bytes() const;
};

// Gives the bytes of the tensor of that index, row-major and little-endian; they need to live until the next call
// only, so one tensor at a time is in memory.
using TensorSource = std::function<Result<std::span<const std::byte>>(std::size_t index)>;

inline constexpr std::uint64_t usualShardBytes = 5'000'000'000;

// Writes model.safetensors in `folder` (which exists), or, where the tensors exceed `shardBytes`,
// model-0000K-of-0000N.safetensors and model.safetensors.index.json. Tensors are never divided. Each file appears
// whole or not at all, the index last; weight files of the other form that lay there before are removed at the
// end. Reports progress in bytes; stops between tensors.
[[nodiscard]] Outcome<std::vector<std::filesystem::path>>
writeSafetensorsFolder(const std::filesystem::path& folder, const std::vector<TensorToWrite>& tensors,
                       const TensorSource& source, std::uint64_t shardBytes, const RunControl& control);

} // namespace ropescope
