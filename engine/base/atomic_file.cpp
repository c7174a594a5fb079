#include "engine/base/atomic_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace ropescope {
namespace {

Error cannotWrite(const std::filesystem::path& path) {
    return failure(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

bool writeAll(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path path, std::string aside, int file)
    : m_path(std::move(path)), m_aside(std::move(aside)), m_file(file) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_aside(std::exchange(other.m_aside, {})),
      m_file(std::exchange(other.m_file, -1)) {}

AtomicFile::~AtomicFile() {
    if (m_file >= 0)
        ::close(m_file);
    if (!m_aside.empty())
        ::unlink(m_aside.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    std::string aside = path.string() + ".XXXXXX";
    const int file = ::mkstemp(aside.data());
    if (file < 0)
        return fail(cannotWrite(path));
    AtomicFile result(path, std::move(aside), file);
    if (::fchmod(file, 0644) != 0)
        return fail(cannotWrite(path));
    return result;
}

Result<void> AtomicFile::append(std::string_view bytes) {
    if (!writeAll(m_file, bytes))
        return fail(cannotWrite(m_path));
    return {};
}

Result<void> AtomicFile::commit() {
    if (::fsync(m_file) != 0 || ::close(std::exchange(m_file, -1)) != 0)
        return fail(cannotWrite(m_path));
    if (::rename(m_aside.c_str(), m_path.c_str()) != 0)
        return fail(cannotWrite(m_path));
    m_aside.clear();
    return {};
}

Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
    auto file = AtomicFile::create(path);
    if (!file)
        return fail(file.error());
    if (auto written = file->append(content); !written)
        return written;
    return file->commit();
}

Result<std::string> readFile(const std::filesystem::path& path, std::uintmax_t limit) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem))
        return fail(inputError(path.string(), "file", "a regular file", "a folder"));
    const std::uintmax_t size = std::filesystem::file_size(path, problem);
    if (problem)
        return fail(inputError(path.string(), "file", "a readable file", problem.message()));
    if (size > limit)
        return fail(
            inputError(path.string(), "size", fmt::format("at most {} bytes", limit), fmt::format("{} bytes", size)));
    std::ifstream stream(path, std::ios::binary);
    std::string content(size, '\0');
    if (!stream || !stream.read(content.data(), static_cast<std::streamsize>(size)))
        return fail(inputError(path.string(), "file", "a readable file", std::strerror(errno)));
    return content;
}

} // namespace ropescope
