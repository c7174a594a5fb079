// Files appear whole or not at all: written beside the destination, flushed to disk, then renamed over it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/outcome.h"

namespace ropescope {

// A file too large to be held in memory, written piece by piece. It appears at its path when commit() succeeds; until
// then, and when this object goes first, the old file, if any, is untouched and nothing else is left behind.
// One thread at a time.
class AtomicFile {
public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    [[nodiscard]] Result<void> append(std::string_view bytes);
    // Flushes to disk and renames. Nothing may be appended afterwards.
    [[nodiscard]] Result<void> commit();

private:
    AtomicFile(std::filesystem::path path, std::string aside, int file);

    std::filesystem::path m_path;
    std::string m_aside; // the name while it is being written; empty once it has its own
    int m_file = -1;
};

// Replaces `path` by `content`. On failure the old file, if any, is untouched and nothing else is left
// behind.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view content);

// The whole file as bytes; an input error naming the file when it is missing, unreadable or larger than
// `limit`.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::uintmax_t limit = std::uintmax_t{1} << 32);

} // namespace ropescope
