// Weights on disk, memory-mapped: safetensors (single or sharded) and GGUF behind one view. No LibTorch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

enum class StoredType { f32, f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0, q4_k, q5_k, q6_k };
[[nodiscard]] std::string_view name(StoredType type);

// One tensor as stored. Names and row order are Hugging Face's whatever the file: a GGUF's names are
// translated and the q/k row permutation of its architecture is undone by readRows.
struct StoredTensor {
    std::string name;
    std::vector<std::int64_t> shape; // slowest axis first, as in PyTorch
    StoredType type = StoredType::f32;
    std::span<const std::byte> bytes; // into the mapped file, in the file's own row order
    std::int64_t permutedHeads = 0;   // > 0: rows are stored for interleaved rotation, this many heads
    std::string place;                // "model-00001-of-00002.safetensors, byte 1234", for messages

    [[nodiscard]] std::int64_t elements() const;
};

// Open files of a model. Immutable; reading is safe from several threads.
class Checkpoint {
public:
    virtual ~Checkpoint() = default;
    [[nodiscard]] virtual const std::vector<StoredTensor>& tensors() const = 0;
    // Null when the checkpoint has no tensor of that name.
    [[nodiscard]] const StoredTensor* find(std::string_view name) const;
};

// Rows [first, first + count) of a tensor (its first axis; a 1-D tensor is one row per element) as float32,
// dequantised and in Hugging Face row order. `out` holds count * elements-per-row values.
void readRows(const StoredTensor& tensor, std::int64_t first, std::int64_t count, std::span<float> out);

// A model folder or a .gguf file. Every header length, count and offset is checked against the file before
// use.
[[nodiscard]] Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const std::filesystem::path& path);

} // namespace ropescope
