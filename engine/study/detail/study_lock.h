// One writer per study.
#pragma once

#include <filesystem>

#include "engine/base/outcome.h"

namespace ropescope::detail {

// An advisory lock of the operating system on a file beside the study ("first.ropescope-lock"), which vanishes with
// its process however that ends. The study's own file is not locked: closing a descriptor of it would drop the locks
// that SQLite holds on it, and readers are welcome. The lock file is removed on release; a left one means nothing.
class StudyLock {
public:
    // Fails with the holder's process id when another process (or another Study of this one) has the study open.
    [[nodiscard]] static Result<StudyLock> acquire(const std::filesystem::path& study);

    StudyLock(StudyLock&& other) noexcept;
    StudyLock& operator=(StudyLock&& other) noexcept;
    ~StudyLock();

private:
    StudyLock(std::filesystem::path path, int file);
    std::filesystem::path m_path;
    int m_file = -1;
};

} // namespace ropescope::detail
