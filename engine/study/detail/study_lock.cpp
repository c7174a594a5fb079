#include "engine/study/detail/study_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace ropescope::detail {
namespace {

// A releasing process removes the file while it holds the lock, so a lock on a removed file locks nothing.
bool stillNamed(int file, const std::filesystem::path& path) {
    struct stat opened {};
    struct stat named {};
    return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

std::string holderOf(int file) {
    char text[32] = {};
    const ssize_t length = ::pread(file, text, sizeof text - 1, 0);
    const std::string digits(text, length > 0 ? static_cast<std::size_t>(length) : 0);
    const std::size_t end = digits.find_first_not_of("0123456789");
    return end == 0 || digits.empty() ? "another process" : fmt::format("process {}", digits.substr(0, end));
}

} // namespace

StudyLock::StudyLock(std::filesystem::path path, int file) : m_path(std::move(path)), m_file(file) {}
StudyLock::StudyLock(StudyLock&& other) noexcept
    : m_path(std::move(other.m_path)), m_file(std::exchange(other.m_file, -1)) {}
StudyLock& StudyLock::operator=(StudyLock&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_file, other.m_file);
    return *this;
}

StudyLock::~StudyLock() {
    if (m_file < 0)
        return;
    ::unlink(m_path.c_str());
    ::close(m_file);
}

Result<StudyLock> StudyLock::acquire(const std::filesystem::path& study) {
    std::error_code ignored;
    const std::filesystem::path real = std::filesystem::weakly_canonical(study, ignored);
    const std::filesystem::path path = (real.empty() ? study : real).string() + "-lock";
    while (true) {
        const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file < 0)
            return fail(failure(fmt::format("cannot write study {}: {}", study.string(), std::strerror(errno))));
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            const int problem = errno;
            const std::string holder = holderOf(file);
            ::close(file);
            if (problem == EINTR)
                continue;
            if (problem != EWOULDBLOCK)
                return fail(failure(fmt::format("cannot lock study {}: {}", study.string(), std::strerror(problem))));
            return fail(failure(fmt::format("study {} is open for writing in {}; let it finish or stop it first",
                                            study.string(), holder)));
        }
        StudyLock lock(path, file);
        if (!stillNamed(file, path)) {
            ::close(std::exchange(lock.m_file, -1));
            continue;
        }
        const std::string holder = fmt::format("{}\n", ::getpid());
        if (::ftruncate(file, 0) != 0 ||
            ::pwrite(file, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size()))
            return fail(failure(fmt::format("cannot write study {}: {}", study.string(), std::strerror(errno))));
        return lock;
    }
}

} // namespace ropescope::detail
