// Weights on disk, memory-mapped: safetensors and PyTorch files (single or sharded) and GGUF behind one view. No
// LibTorch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/outcome.h"
#include "engine/model/stored_type.h"

namespace ropescope {

// How a file orders the rows of a tensor whose Hugging Face order differs.
enum class RowOrder {
    asIs,
    interleavedRotation, // per head: row 2j + p holds Hugging Face's row p * headDim / 2 + j (llama.cpp's NORM rope)
    partsApart,          // all q, all k, all v; Hugging Face has q, k, v of each head together (GPT-NeoX in a GGUF)
};

// One tensor as stored. Names and row order are Hugging Face's whatever the file: a GGUF's names are
// translated, and readRows undoes its row order.
struct StoredTensor {
    std::string name;
    std::vector<std::int64_t> shape; // slowest axis first, as in PyTorch
    StoredType type = StoredType::f32;
    std::span<const std::byte> bytes; // into the mapped file, in the file's own row order; no alignment promised
    RowOrder rowOrder = RowOrder::asIs;
    std::int64_t heads = 0; // that rowOrder speaks of; divides the rows
    std::string place;      // "model-00001-of-00002.safetensors, byte 1234", for messages

    [[nodiscard]] std::int64_t elements() const;
};

// Open files of a model. Immutable; reading is safe from several threads. The files stay mapped for as long as
// this object lives; they must not be truncated by others meanwhile.
class Checkpoint {
public:
    // A tensor in a type that can't be read (integer buffers, Q2_K...): tolerated as long as nobody asks for it.
    struct UnreadableTensor {
        std::string name, type, place;
    };
    struct Content {
        std::filesystem::path path; // as opened
        std::vector<std::shared_ptr<const MappedFile>> files;
        std::vector<StoredTensor> tensors; // names are unique
        std::vector<UnreadableTensor> unreadable;
    };
    explicit Checkpoint(Content content);

    [[nodiscard]] const std::vector<StoredTensor>& tensors() const { return m_content.tensors; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_content.path; }
    [[nodiscard]] std::int64_t bytesOnDisk() const;
    // Null when the checkpoint has no readable tensor of that name.
    [[nodiscard]] const StoredTensor* find(std::string_view name) const;
    // An input error when it is missing, stored in a type that can't be read, or of another shape.
    [[nodiscard]] Result<const StoredTensor*> require(std::string_view name,
                                                      const std::vector<std::int64_t>& shape) const;

private:
    Content m_content;
    std::unordered_map<std::string_view, std::size_t> m_index;
};

// Rows [first, first + count) of a tensor (its first axis; a 1-D tensor is one row per element) as float32,
// dequantised and in Hugging Face row order. `out` holds count * elements-per-row values.
void readRows(const StoredTensor& tensor, std::int64_t first, std::int64_t count, std::span<float> out);

// A model folder or a .gguf file. Every header length, count and offset is checked against the file before
// use.
[[nodiscard]] Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const std::filesystem::path& path);

// "[4096, 128]", for messages.
[[nodiscard]] std::string shapeText(const std::vector<std::int64_t>& shape);

} // namespace ropescope
