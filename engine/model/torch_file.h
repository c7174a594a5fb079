// Files of torch.save (since torch 1.6): a zip archive with a pickle and one entry per storage. Read without executing
// the pickle; a lone tensor (a DCIS factor file) or a dictionary of tensors (pytorch_model.bin, sharded or not).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/outcome.h"

namespace ropescope {

enum class TorchType { f32, f64, f16, bf16, i64, i32, i16, i8, u8, boolean };
[[nodiscard]] std::int64_t bytesPerElement(TorchType type);
[[nodiscard]] std::string_view name(TorchType type);

// A tensor as a view into the mapped file. Checked: every element lies inside its storage.
struct TorchTensor {
    std::string name; // its key; empty for a lone tensor
    TorchType type = TorchType::f32;
    std::vector<std::int64_t> shape;   // slowest axis first
    std::vector<std::int64_t> strides; // in elements, not negative
    std::int64_t offset = 0;           // of the first element in the storage
    std::span<const std::byte> storage;

    [[nodiscard]] std::int64_t elements() const;
    // Elements lie in row-major order without gaps.
    [[nodiscard]] bool contiguous() const;
    // The elements of a contiguous tensor, in order.
    [[nodiscard]] std::span<const std::byte> bytes() const;
    // All elements in row-major order, whatever the strides.
    [[nodiscard]] std::vector<double> values() const;
};

// Immutable; keeps the file mapped; safe from several threads.
class TorchFile {
public:
    // Input error that names the place: no such archive, compressed entries, a pickle with anything but tensors in it
    // (naming the global), storages that don't fit, big-endian data.
    [[nodiscard]] static Result<TorchFile> open(const std::filesystem::path& path);

    [[nodiscard]] const std::vector<TorchTensor>& tensors() const { return m_tensors; }
    [[nodiscard]] const std::shared_ptr<const MappedFile>& file() const { return m_file; }
    // The archive's inner folder: the file's name when it was saved.
    [[nodiscard]] const std::string& root() const { return m_root; }

private:
    std::shared_ptr<const MappedFile> m_file;
    std::string m_root;
    std::vector<TorchTensor> m_tensors;
};

// The bytes of a file holding one 1-D float32 tensor, as torch.load(weights_only=True) reads it.
[[nodiscard]] std::string torchFileOf(std::span<const float> values, const std::string& root);

} // namespace ropescope
