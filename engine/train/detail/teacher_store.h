// The teacher's answers in a file: computed once, read by later epochs, later runs and a run that goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/detail/torch.h"
#include "engine/train/packing.h"

namespace ropescope::detail {

// Of one window: the k most likely tokens at every position and what is left to all others.
struct TaughtWindow {
    at::Tensor probabilities; // [positions, k + 1] float16, the rest last
    at::Tensor ids;           // [positions, k] int32
};

// A line that says whose answers these are, then records of one size, each a window's start in the text (int64), its
// probabilities and its ids, little-endian. Only ever appended to; a record that was cut off is dropped on opening.
class TeacherStore {
public:
    // Opens or begins the file. Raises a usage error where it holds answers to something else than `identity` (one
    // line), an input error where it is no such file.
    TeacherStore(std::filesystem::path path, std::string identity, std::int64_t positions, std::int64_t top,
                 std::int64_t vocabulary);

    // Nothing for a window that isn't stored. Raises an input error for a damaged record.
    [[nodiscard]] std::optional<TaughtWindow> find(WindowStart start) const;
    // Raises where it can't be written.
    void add(WindowStart start, const TaughtWindow& window);

private:
    [[nodiscard]] std::int64_t recordBytes() const;
    void begin();
    void readIndex();

    std::filesystem::path m_path;
    std::string m_identity;
    std::int64_t m_positions, m_top, m_vocabulary;
    std::int64_t m_end = 0; // of the whole records
    std::unordered_map<WindowStart, std::int64_t> m_places;
};

} // namespace ropescope::detail
