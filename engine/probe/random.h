// Random numbers that are the same on every machine and with every standard library.
#pragma once

#include <cstdint>

namespace ropescope {

// SplitMix64 (Steele, Lea, Flood 2014): 64 good bits a step from any seed, neighbouring seeds included.
class SplitMix64 {
public:
    explicit SplitMix64(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next() {
        m_state += 0x9e3779b97f4a7c15U;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    // Uniform on low .. high, both included, without bias.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        const std::uint64_t count = static_cast<std::uint64_t>(high - low) + 1;
        const std::uint64_t limit = UINT64_MAX - UINT64_MAX % count;
        std::uint64_t draw = next();
        while (draw >= limit)
            draw = next();
        return low + static_cast<std::int64_t>(draw % count);
    }

private:
    std::uint64_t m_state;
};

} // namespace ropescope
