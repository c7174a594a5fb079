#include "engine/study/detail/document.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>

#include <unistd.h>

#include <fmt/format.h>

#include "engine/study/detail/records.h"
#include "engine/study/detail/schema.h"

namespace ropescope::detail {
namespace {

// SQLite's file format: the header's first 100 bytes, numbers big-endian.
constexpr std::size_t headerBytes = 100;
constexpr std::string_view magic("SQLite format 3\0", 16);

std::uint32_t bigEndian(const std::array<char, headerBytes>& header, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t byte = at; byte < at + 4; ++byte)
        value = value << 8 | static_cast<unsigned char>(header[byte]);
    return value;
}

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view place, std::string_view expected,
                         std::string_view found) {
    throw StudyFailure(inputError(path.string(), place, expected, found));
}

bool hasJournal(const std::filesystem::path& path) {
    std::error_code none;
    const auto size = std::filesystem::file_size(path.string() + "-journal", none);
    return !none && size > 0;
}

// Finds a cut-off file at once: SQLite would notice it only on reading the missing pages.
void checkFile(const std::filesystem::path& path, std::uintmax_t size) {
    if (hasJournal(path))
        return; // a killed writer left the file in the middle of a change; opening it rolls that back
    std::array<char, headerBytes> header{};
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        refuse(path, "file", "a readable study", std::strerror(errno));
    if (size < headerBytes || !stream.read(header.data(), header.size()) ||
        std::string_view(header.data(), magic.size()) != magic)
        refuse(path, "header", "a study (an SQLite database)",
               size < headerBytes ? fmt::format("{} bytes", size) : "something else");
    const std::uint32_t field = bigEndian(header, 16) >> 16;
    const std::uint64_t pageSize = field == 1 ? 65536 : field;
    const std::uint64_t expected = pageSize * bigEndian(header, 28);
    const bool countValid = bigEndian(header, 24) == bigEndian(header, 92);
    if (countValid && size < expected)
        refuse(path, "end of file", fmt::format("{} bytes", expected), fmt::format("{}: the file is cut off", size));
}

// The file's size; none where there is no file.
std::optional<std::uintmax_t> existingSize(const std::filesystem::path& path) {
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (status.type() == std::filesystem::file_type::not_found)
        return std::nullopt;
    if (status.type() == std::filesystem::file_type::directory)
        refuse(path, "file", "a study", "a folder");
    const std::uintmax_t size = std::filesystem::file_size(path, problem);
    if (problem)
        refuse(path, "file", "a readable study", problem.message());
    return size;
}

} // namespace

bool hasMagic(const std::filesystem::path& path) {
    std::array<char, magic.size()> start{};
    std::ifstream stream(path, std::ios::binary);
    return stream.read(start.data(), start.size()) && std::string_view(start.data(), start.size()) == magic;
}

Document openDocument(const std::filesystem::path& path, bool mayCreate, int& version) {
    const auto size = existingSize(path);
    const bool created = !size || (*size == 0 && !hasJournal(path));
    if (created && !mayCreate)
        refuse(path, "file", "a study", size ? "an empty file" : "no such file");
    if (!created)
        checkFile(path, *size);
    if (!created && ::access(path.c_str(), W_OK) != 0)
        throw StudyFailure(failure(fmt::format("cannot write study {}: {}", path.string(), std::strerror(errno))));
    auto lock = StudyLock::acquire(path);
    if (!lock)
        throw StudyFailure(lock.error());
    try {
        Document document{std::move(*lock),
                          Database(path, created ? Database::Access::create : Database::Access::write), created};
        version = checkedVersion(document.database);
        if (version < schemaVersion())
            migrate(document.database, schemaVersion());
        checkTables(document.database);
        return document;
    } catch (const StudyFailure&) {
        std::error_code ignored;
        if (created)
            std::filesystem::remove(path, ignored); // no half-made study stays behind
        throw;
    }
}

StudyContents readDocument(const std::filesystem::path& path) {
    const auto size = existingSize(path);
    if (!size || *size == 0)
        refuse(path, "file", "a study", size ? "an empty file" : "no such file");
    checkFile(path, *size);
    Database database(path, Database::Access::read);
    database.execute("BEGIN"); // one finished state, whatever a writer does meanwhile
    const int version = checkedVersion(database);
    StudyContents contents;
    if (version == schemaVersion()) {
        checkTables(database);
        contents = readContents(database);
    } else {
        Database present{std::filesystem::path(path)};
        present.copyFrom(database);
        migrate(present, schemaVersion());
        checkTables(present);
        contents = readContents(present);
    }
    contents.version = version;
    return contents;
}

} // namespace ropescope::detail
