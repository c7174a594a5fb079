// A seeded generator of our own, so that a search comes out the same on every machine and with every library.
#pragma once

#include <array>
#include <cstdint>

namespace ropescope {

// xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64. A copy continues the same sequence.
class Random {
public:
    explicit Random(std::uint64_t seed);

    [[nodiscard]] std::uint64_t bits();
    [[nodiscard]] double uniform();                       // [0, 1)
    [[nodiscard]] std::uint64_t below(std::uint64_t end); // 0 .. end-1, end above 0
    [[nodiscard]] double normal();                        // mean 0, variance 1 (Box and Muller)

private:
    std::array<std::uint64_t, 4> m_state{};
};

} // namespace ropescope
