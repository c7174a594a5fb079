// Zip archives whose entries are stored without compression, as torch.save writes them: a view into a mapped file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

struct ZipEntry {
    std::string name;
    std::span<const std::byte> bytes; // into the archive
    std::uint32_t crc = 0;            // as recorded; checksum(bytes) for an intact entry
};

// The checksum of zip and gzip (CRC-32, polynomial 0xedb88320).
[[nodiscard]] std::uint32_t checksum(std::span<const std::byte> bytes);

// All entries by the central directory, zip64 included. Input error naming the place for anything that is no intact
// zip archive of stored entries: compressed or encrypted ones, offsets outside the file, two entries of one name.
// `file` is for messages; the entries point into `archive`.
[[nodiscard]] Result<std::vector<ZipEntry>> readZip(std::span<const std::byte> archive, const std::string& file);

// An archive of stored entries, each one's bytes aligned to 64 as torch.save aligns them. Names and contents under
// 4 GiB together.
struct ZipSource {
    std::string name;
    std::string content;
};
[[nodiscard]] std::string writeZip(const std::vector<ZipSource>& entries);

} // namespace ropescope
