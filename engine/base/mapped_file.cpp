#include "engine/base/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ropescope {
namespace {

Error unreadable(const std::filesystem::path& path, std::string_view found) {
    return inputError(path.string(), "file", "a readable file", found);
}

} // namespace

MappedFile::MappedFile(std::filesystem::path path, std::span<const std::byte> bytes)
    : m_path(std::move(path)), m_bytes(bytes) {}

MappedFile::~MappedFile() {
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
    // Without O_NONBLOCK a named pipe would make this wait for a writer.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fail(unreadable(path, std::strerror(errno)));
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(file);
        return fail(unreadable(path, S_ISDIR(status.st_mode) ? "a folder" : "no regular file"));
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    std::span<const std::byte> bytes;
    if (size > 0) {
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (address == MAP_FAILED) {
            const Error error = unreadable(path, std::strerror(errno));
            ::close(file);
            return fail(error);
        }
        bytes = {static_cast<const std::byte*>(address), size};
    }
    ::close(file);
    return std::shared_ptr<const MappedFile>(new MappedFile(path, bytes));
}

} // namespace ropescope
