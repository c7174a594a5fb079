// Changes a study behind its back.
#pragma once

#include <filesystem>
#include <string>

#include <sqlite3.h>

#include "tests/support/catch.h"

namespace ropescope::test {

inline void tamper(const std::filesystem::path& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    char* message = nullptr;
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message);
    INFO((message ? message : ""));
    CHECK(code == SQLITE_OK);
    sqlite3_free(message);
    sqlite3_close(handle);
}

} // namespace ropescope::test
