// The tables of a study file and how they came about.
#pragma once

#include "engine/study/detail/database.h"

namespace ropescope::detail {

// "Rope" in the header of every study, so that tools know the file.
constexpr std::int64_t applicationId = 0x526f7065;

// The newest version known here; files of a newer one are refused.
[[nodiscard]] int schemaVersion();

// Refuses what is no study or is newer (input error); returns the file's version, 0 for an empty database.
[[nodiscard]] int checkedVersion(Database& database);

// Brings an older or empty database to `version` in one transaction.
void migrate(Database& database, int version);

// Refuses a database whose tables lack a column that is read here.
void checkTables(Database& database);

} // namespace ropescope::detail
