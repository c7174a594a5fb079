#include "engine/base/atomic_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <system_error>

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

Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
    std::string aside = path.string() + ".XXXXXX";
    const int file = ::mkstemp(aside.data());
    if (file < 0)
        return fail(cannotWrite(path));
    const bool complete = ::fchmod(file, 0644) == 0 && writeAll(file, content) && ::fsync(file) == 0;
    const int writeProblem = errno;
    const bool closed = ::close(file) == 0;
    if (!complete || !closed) {
        if (!complete)
            errno = writeProblem;
        Error error = cannotWrite(path);
        ::unlink(aside.c_str());
        return fail(std::move(error));
    }
    if (::rename(aside.c_str(), path.c_str()) != 0) {
        Error error = cannotWrite(path);
        ::unlink(aside.c_str());
        return fail(std::move(error));
    }
    return {};
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
