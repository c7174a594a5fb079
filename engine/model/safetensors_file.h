// One .safetensors file: its header, checked against the file in every respect.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/outcome.h"

namespace ropescope {

// One tensor of the header. The bytes lie inside the file, no two tensors share any, and for a known type they
// are as many as the shape needs.
struct SafetensorsEntry {
    std::string name;
    std::string type;                 // as written: "F32", "BF16", "I64"...
    std::vector<std::int64_t> shape;  // slowest axis first; empty for a single number
    std::uint64_t begin = 0, end = 0; // bytes from the start of the file
};

struct SafetensorsFile {
    std::shared_ptr<const MappedFile> file;
    std::vector<SafetensorsEntry> entries; // in file order
};

// Refuses what the format forbids: a header beyond 100,000,000 bytes or the file, duplicate names, holes, overlaps,
// sizes that don't fit the shape. Allocates nothing beyond a small multiple of the header.
[[nodiscard]] Result<SafetensorsFile> openSafetensors(const std::filesystem::path& path);

} // namespace ropescope
