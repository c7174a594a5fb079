// Opening study files: which bytes are a study, who may write, how an older one becomes a present one.
#pragma once

#include <optional>

#include "engine/study/detail/database.h"
#include "engine/study/detail/study_lock.h"
#include "engine/study/study_contents.h"

namespace ropescope::detail {

// A study file open for writing. The lock outlives the connection.
struct Document {
    StudyLock lock;
    Database database;
    bool created = false; // there was no file, or an empty one
};

// The file is there and starts with SQLite's magic bytes. Never throws.
[[nodiscard]] bool hasMagic(const std::filesystem::path& path);

// Throws StudyFailure, as everything else in this room. `version`: the file's before migration.
[[nodiscard]] Document openDocument(const std::filesystem::path& path, bool mayCreate, int& version);

// What is in the file, without a lock and without changing it.
[[nodiscard]] StudyContents readDocument(const std::filesystem::path& path);

} // namespace ropescope::detail
