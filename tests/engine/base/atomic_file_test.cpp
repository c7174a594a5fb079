#include "engine/base/atomic_file.h"

#include <fstream>
#include <iterator>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

TEST_CASE("a file is replaced whole and nothing is left beside it") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "factors.json";
    REQUIRE(writeFileAtomically(path, "first"));
    REQUIRE(writeFileAtomically(path, std::string("second\0part", 11)));
    CHECK(readFile(path).value() == std::string("second\0part", 11));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a destination that cannot be written is an error and keeps what was there") {
    const test::TemporaryFolder folder;
    const auto missing = writeFileAtomically(folder.path() / "none" / "factors.json", "x");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::failed);
    CHECK(missing.error().message.find("factors.json") != std::string::npos);

    const auto occupied = folder.path() / "folder";
    std::filesystem::create_directories(occupied / "child");
    REQUIRE_FALSE(writeFileAtomically(occupied, "x"));
    CHECK(std::filesystem::exists(occupied / "child"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("reading names the file and what is wrong with it") {
    const test::TemporaryFolder folder;
    const auto missing = readFile(folder.path() / "absent");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::input);
    CHECK(missing.error().message.find("absent") != std::string::npos);
    CHECK_FALSE(readFile(folder.path()));
    REQUIRE(writeFileAtomically(folder.path() / "big", "12345"));
    CHECK(readFile(folder.path() / "big", 5));
    CHECK_FALSE(readFile(folder.path() / "big", 4));
}
