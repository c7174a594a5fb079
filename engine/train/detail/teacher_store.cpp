#include "engine/train/detail/teacher_store.h"

#include <fstream>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

namespace fs = std::filesystem;

template <class Stream>
void transfer(Stream& file, const at::Tensor& tensor) {
    if constexpr (std::is_base_of_v<std::istream, Stream>)
        file.read(static_cast<char*>(tensor.data_ptr()), static_cast<std::streamsize>(tensor.nbytes()));
    else
        file.write(static_cast<const char*>(tensor.data_ptr()), static_cast<std::streamsize>(tensor.nbytes()));
}

} // namespace

TeacherStore::TeacherStore(fs::path path, std::string identity, std::int64_t positions, std::int64_t top,
                           std::int64_t vocabulary)
    : m_path(std::move(path)), m_identity(std::move(identity)), m_positions(positions), m_top(top),
      m_vocabulary(vocabulary) {
    std::error_code problem;
    if (fs::exists(m_path, problem))
        readIndex();
    else
        begin();
}

std::int64_t TeacherStore::recordBytes() const {
    return 8 + m_positions * ((m_top + 1) * 2 + m_top * 4);
}

void TeacherStore::begin() {
    if (auto written = writeFileAtomically(m_path, m_identity + "\n"); !written)
        raise(written.error());
    m_end = static_cast<std::int64_t>(m_identity.size()) + 1;
}

void TeacherStore::readIndex() {
    std::ifstream file(m_path, std::ios::binary);
    std::string first(m_identity.size() + 1, '\0');
    file.read(first.data(), static_cast<std::streamsize>(first.size()));
    if (!file || first != m_identity + "\n")
        raise(usageError(fmt::format("{} holds the answers of another teacher, or to another text or length, or is no "
                                     "file of answers: choose another place for them",
                                     m_path.string())));
    std::error_code problem;
    const auto size = static_cast<std::int64_t>(fs::file_size(m_path, problem));
    const auto header = static_cast<std::int64_t>(first.size());
    const std::int64_t records = (size - header) / recordBytes();
    for (std::int64_t record = 0; record < records; ++record) {
        const std::int64_t place = header + record * recordBytes();
        WindowStart start = 0;
        file.seekg(place);
        file.read(reinterpret_cast<char*>(&start), sizeof start);
        m_places.emplace(start, place);
    }
    if (!file)
        raise(failure(fmt::format("cannot read {}", m_path.string())));
    m_end = header + records * recordBytes();
    if (size > m_end)
        fs::resize_file(m_path, static_cast<std::uintmax_t>(m_end), problem);
    if (problem)
        raise(failure(fmt::format("cannot write {}: {}", m_path.string(), problem.message())));
}

std::optional<TaughtWindow> TeacherStore::find(WindowStart start) const {
    const auto found = m_places.find(start);
    if (found == m_places.end())
        return std::nullopt;
    TaughtWindow window{at::empty({m_positions, m_top + 1}, at::kHalf), at::empty({m_positions, m_top}, at::kInt)};
    std::ifstream file(m_path, std::ios::binary);
    file.seekg(found->second + 8);
    transfer(file, window.probabilities);
    transfer(file, window.ids);
    const auto inside = [](const at::Tensor& values, std::int64_t low, std::int64_t high) {
        return values.ge(low).logical_and(values.le(high)).all().item<bool>();
    };
    if (!file || !inside(window.ids, 0, m_vocabulary - 1) || !inside(window.probabilities.to(at::kFloat), 0, 1))
        raise(inputError(m_path.string(), fmt::format("byte {}", found->second),
                         fmt::format("probabilities and ids from 0 to {}", m_vocabulary - 1),
                         "something else: remove the file"));
    return window;
}

void TeacherStore::add(WindowStart start, const TaughtWindow& window) {
    std::ofstream file(m_path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(m_end);
    file.write(reinterpret_cast<const char*>(&start), sizeof start);
    transfer(file, window.probabilities);
    transfer(file, window.ids);
    file.close();
    if (!file)
        raise(failure(
            fmt::format("cannot write {}: is there space left? What was written before is kept", m_path.string())));
    m_places.emplace(start, m_end);
    m_end += recordBytes();
}

} // namespace ropescope::detail
