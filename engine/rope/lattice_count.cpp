#include "engine/rope/lattice_count.h"

#include <cmath>
#include <numbers>

namespace ropescope {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int fractionBits = 64;

std::uint64_t low(Wide value) {
    return static_cast<std::uint64_t>(value);
}
std::uint64_t high(Wide value) {
    return static_cast<std::uint64_t>(value >> fractionBits);
}

// n (n - 1) / 2 modulo 2^64.
std::uint64_t triangle(std::uint64_t n) {
    return n % 2 == 0 ? n / 2 * (n - 1) : n * ((n - 1) / 2);
}

} // namespace

std::uint64_t turnFraction(double frequency) {
    // 1 / (2 pi) = turnsPerRadian / 2^128.
    constexpr std::uint64_t turnsPerRadianHigh = 0x28be60db9391054aU;
    constexpr std::uint64_t turnsPerRadianLow = 0x7f09d5f47d4d3770U;
    constexpr int mantissaBits = 53;
    if (frequency >= 0x1p52) // beyond a double's radians: no digit of the angle is meant
        frequency = std::fmod(frequency, 2 * std::numbers::pi);
    int exponent = 0;
    const auto mantissa = static_cast<std::uint64_t>(std::ldexp(std::frexp(frequency, &exponent), mantissaBits));
    // mantissa * turnsPerRadian, its upper 128 bits and the 64 below; then 2^(exponent - 53 - 128 + 64).
    const Wide lower = static_cast<Wide>(mantissa) * turnsPerRadianLow;
    const Wide upper = static_cast<Wide>(mantissa) * turnsPerRadianHigh + high(lower);
    const int shift = mantissaBits - exponent;
    if (shift == 0)
        return low(upper + (low(lower) >> (fractionBits - 1)));
    if (shift >= 128)
        return 0;
    return low((upper >> shift) + ((upper >> (shift - 1)) & 1U));
}

LatticeCount::LatticeCount(std::uint64_t step, std::uint64_t length) : m_step(step), m_length(length) {
    // Level 1 exchanges 2^64 and the step; its quotient is 2^64 / step, which needs 65 bits only for step 1,
    // where it is 0 modulo 2^64, as the sums are.
    std::uint64_t modulus = step;
    Wide slope = Wide{1} << fractionBits;
    while (modulus != 0) {
        const auto remainder = low(slope % modulus);
        m_levels.push_back({modulus, remainder, low(slope / modulus)});
        slope = modulus;
        modulus = remainder;
    }
    m_base = floorSum(0);
}

std::uint64_t LatticeCount::floorSum(std::uint64_t offset) const {
    const Wide top = static_cast<Wide>(m_step) * m_length + offset;
    std::uint64_t count = high(top); // lattice columns of the exchanged problem
    std::uint64_t rest = low(top);
    std::uint64_t sum = 0;
    for (const Level& level : m_levels) {
        if (count == 0)
            break;
        sum += triangle(count) * level.quotient + count * (rest / level.modulus);
        const Wide reached = static_cast<Wide>(level.slope) * count + rest % level.modulus;
        if (high(reached) == 0) {
            count = low(reached) / level.modulus;
            rest = low(reached) % level.modulus;
        } else {
            count = low(reached / level.modulus);
            rest = low(reached - static_cast<Wide>(count) * level.modulus);
        }
    }
    return sum;
}

std::uint64_t LatticeCount::below(std::uint64_t limit) const {
    // floor(y + 1 - x) - floor(y) is 1 exactly where frac(y) >= x.
    return m_length - (floorSum(0 - limit) - m_base);
}

} // namespace ropescope
