#include "engine/train/detail/teacher_store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

namespace fs = std::filesystem;

int openFile(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        raise(failure(fmt::format("cannot open {}: {}", path.string(), std::strerror(errno))));
    return file;
}

} // namespace

TeacherStore::Descriptor::~Descriptor() {
    if (value >= 0)
        ::close(value);
}

// Others hold it for as long as a record takes to write.
class TeacherStore::Lock {
public:
    explicit Lock(const TeacherStore& store) : m_file(store.m_file.value) {
        while (::flock(m_file, LOCK_EX) != 0)
            if (errno != EINTR)
                raise(failure(fmt::format("cannot lock {}: {}", store.m_path.string(), std::strerror(errno))));
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { ::flock(m_file, LOCK_UN); }

private:
    int m_file;
};

TeacherStore::TeacherStore(fs::path path, const std::string& identity, std::int64_t positions, std::int64_t top,
                           std::int64_t vocabulary)
    : m_path(std::move(path)), m_file(openFile(m_path)), m_positions(positions), m_top(top), m_vocabulary(vocabulary) {
    const Lock lock(*this);
    checkHeader(identity + "\n");
    catchUp();
}

std::int64_t TeacherStore::recordBytes() const {
    return 8 + m_positions * ((m_top + 1) * 2 + m_top * 4);
}

void TeacherStore::raiseUnwritable() const {
    raise(failure(
        fmt::format("cannot write {}: {}. What was written before is kept", m_path.string(), std::strerror(errno))));
}

void TeacherStore::readAt(std::int64_t place, void* to, std::size_t bytes) const {
    auto* next = static_cast<char*>(to);
    while (bytes > 0) {
        const ssize_t count = ::pread(m_file.value, next, bytes, place);
        if (count <= 0 && !(count < 0 && errno == EINTR))
            raise(failure(fmt::format("cannot read {}: {}", m_path.string(),
                                      count == 0 ? "it became shorter" : std::strerror(errno))));
        if (count > 0) {
            next += count;
            place += count;
            bytes -= static_cast<std::size_t>(count);
        }
    }
}

bool TeacherStore::writeAt(std::int64_t place, const void* from, std::size_t bytes) const {
    const auto* next = static_cast<const char*>(from);
    while (bytes > 0) {
        const ssize_t count = ::pwrite(m_file.value, next, bytes, place);
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0) {
            next += count;
            place += count;
            bytes -= static_cast<std::size_t>(count);
        }
    }
    return true;
}

// A file that ends within the line was just begun, by a run that did not come further.
void TeacherStore::checkHeader(const std::string& header) {
    const auto size = ::lseek(m_file.value, 0, SEEK_END);
    std::string first(std::min(header.size(), static_cast<std::size_t>(std::max<off_t>(size, 0))), '\0');
    readAt(0, first.data(), first.size());
    if (!header.starts_with(first))
        raise(usageError(fmt::format("{} holds the answers of another teacher, or to another text or length, or is no "
                                     "file of answers: choose another place for them",
                                     m_path.string())));
    if (first.size() < header.size() && !writeAt(0, header.data(), header.size()))
        raiseUnwritable();
    m_end = static_cast<std::int64_t>(header.size());
}

void TeacherStore::catchUp() {
    const std::int64_t size = ::lseek(m_file.value, 0, SEEK_END);
    for (; m_end + recordBytes() <= size; m_end += recordBytes()) {
        WindowStart start = 0;
        readAt(m_end, &start, sizeof start);
        m_places.emplace(start, m_end);
    }
    if (size > m_end && ::ftruncate(m_file.value, m_end) != 0)
        raiseUnwritable();
}

std::optional<TaughtWindow> TeacherStore::find(WindowStart start) {
    auto found = m_places.find(start);
    if (found == m_places.end()) {
        const Lock lock(*this);
        catchUp();
        found = m_places.find(start);
    }
    if (found == m_places.end())
        return std::nullopt;
    TaughtWindow window{at::empty({m_positions, m_top + 1}, at::kHalf), at::empty({m_positions, m_top}, at::kInt)};
    std::int64_t place = found->second + 8;
    for (const at::Tensor& tensor : {window.probabilities, window.ids}) {
        readAt(place, tensor.data_ptr(), tensor.nbytes());
        place += static_cast<std::int64_t>(tensor.nbytes());
    }
    const auto inside = [](const at::Tensor& values, std::int64_t low, std::int64_t high) {
        return values.ge(low).logical_and(values.le(high)).all().item<bool>();
    };
    if (!inside(window.ids, 0, m_vocabulary - 1) || !inside(window.probabilities.to(at::kFloat), 0, 1))
        raise(inputError(m_path.string(), fmt::format("byte {}", found->second),
                         fmt::format("probabilities and ids from 0 to {}", m_vocabulary - 1),
                         "something else: remove the file"));
    return window;
}

void TeacherStore::add(WindowStart start, const TaughtWindow& window) {
    const Lock lock(*this);
    catchUp();
    if (m_places.contains(start))
        return;
    std::int64_t place = m_end;
    const auto write = [&](const void* from, std::size_t bytes) {
        if (!writeAt(place, from, bytes)) {
            const int problem = errno;
            (void)::ftruncate(m_file.value, m_end);
            errno = problem;
            raiseUnwritable();
        }
        place += static_cast<std::int64_t>(bytes);
    };
    write(&start, sizeof start);
    write(window.probabilities.data_ptr(), window.probabilities.nbytes());
    write(window.ids.data_ptr(), window.ids.nbytes());
    m_places.emplace(start, m_end);
    m_end = place;
}

} // namespace ropescope::detail
