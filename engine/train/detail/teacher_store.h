// The teacher's answers in a file: computed once, read by later epochs, later runs and a run that goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/detail/torch.h"
#include "engine/train/packing.h"

namespace ropescope::detail {

// Of one window: the k most likely tokens at every position and what is left to all others.
struct TaughtWindow {
    at::Tensor probabilities; // [positions, k + 1] float16, the rest last
    at::Tensor ids;           // [positions, k] int32
};

// A line that says whose answers these are, then records of one size, each a window's start in the text (int64), its
// probabilities and its ids, little-endian. Only ever appended to, whole records under the file's lock (flock), so that
// runs may share it at the same time and see each other's answers; a record that a killed run cut off is dropped.
class TeacherStore {
public:
    // Opens or begins the file. Raises a usage error where it holds answers to something else than `identity` (one
    // line), or is no such file.
    TeacherStore(std::filesystem::path path, const std::string& identity, std::int64_t positions, std::int64_t top,
                 std::int64_t vocabulary);

    // Nothing for a window that isn't stored. Raises an input error for a damaged record.
    [[nodiscard]] std::optional<TaughtWindow> find(WindowStart start);
    // Does nothing where another run stored the window meanwhile. Raises where it can't be written; the file is then
    // as it was.
    void add(WindowStart start, const TaughtWindow& window);

private:
    // Closes a file descriptor.
    struct Descriptor {
        int value = -1;
        explicit Descriptor(int file) : value(file) {}
        Descriptor(Descriptor&& other) noexcept : value(std::exchange(other.value, -1)) {}
        Descriptor& operator=(Descriptor&&) = delete;
        ~Descriptor();
    };
    class Lock; // held while the file's end is looked at or moved

    [[nodiscard]] std::int64_t recordBytes() const;
    void checkHeader(const std::string& header);
    // Takes up the records after m_end and drops what was cut off. Needs the lock.
    void catchUp();
    void readAt(std::int64_t place, void* to, std::size_t bytes) const;
    // False, with errno, where not all of it could be written.
    [[nodiscard]] bool writeAt(std::int64_t place, const void* from, std::size_t bytes) const;
    [[noreturn]] void raiseUnwritable() const;

    std::filesystem::path m_path;
    Descriptor m_file;
    std::int64_t m_positions, m_top, m_vocabulary;
    std::int64_t m_end = 0; // of the whole records
    std::unordered_map<WindowStart, std::int64_t> m_places;
};

} // namespace ropescope::detail
