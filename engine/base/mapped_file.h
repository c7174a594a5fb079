// A file in memory without copying it: how weights and vocabularies of any size are read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "engine/base/outcome.h"

namespace ropescope {

// A regular file mapped read-only for as long as the object lives. Immutable, safe from several threads. The
// pages come from the disk when first touched; the file must not be truncated by others meanwhile.
class MappedFile {
public:
    // An input error naming the file when it is missing, unreadable or no regular file. An empty file maps to
    // no bytes.
    [[nodiscard]] static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return m_bytes; }
    [[nodiscard]] std::string_view text() const {
        return {reinterpret_cast<const char*>(m_bytes.data()), m_bytes.size()};
    }

private:
    MappedFile(std::filesystem::path path, std::span<const std::byte> bytes);

    std::filesystem::path m_path;
    std::span<const std::byte> m_bytes;
};

} // namespace ropescope
