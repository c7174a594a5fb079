// Counting multiples of a number by their fractional part without walking over them: Euclid's algorithm on the
// lattice points under a line. Turns are 64-bit fixed point: 2^64 is one whole turn, and wrapping is exact.
#pragma once

#include <cstdint>
#include <vector>

namespace ropescope {

// One step of an angle of `frequency` radians per position (finite, not negative), as a fraction of a turn:
// frequency / (2 pi) modulo 1, rounded to the nearest 2^-64. After n positions the phase is within n * 2^-65 turns
// of the true one (3e-14 at a million), far below what float64 phases resolve there.
[[nodiscard]] std::uint64_t turnFraction(double frequency);

// The positions m = 0 .. length-1 of one step, asked how many lie below a phase. The Euclid steps that do not
// depend on the question are done once.
class LatticeCount {
public:
    // length at most 2^40.
    LatticeCount(std::uint64_t step, std::uint64_t length);

    // How many m < length have (m * step mod 2^64) < limit; limit above 0. O(log length) divisions.
    [[nodiscard]] std::uint64_t below(std::uint64_t limit) const;

private:
    // One exchange of slope and modulus: modulus = quotient * slope + remainder of the level before.
    struct Level {
        std::uint64_t modulus = 0;  // m
        std::uint64_t slope = 0;    // a mod m
        std::uint64_t quotient = 0; // a / m, modulo 2^64
    };
    // Sum over i < length of floor((i * step + offset) / 2^64), modulo 2^64.
    [[nodiscard]] std::uint64_t floorSum(std::uint64_t offset) const;

    std::uint64_t m_step;
    std::uint64_t m_length;
    std::vector<Level> m_levels;
    std::uint64_t m_base = 0; // floorSum(0)
};

} // namespace ropescope
