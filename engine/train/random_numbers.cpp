#include "engine/train/random_numbers.h"

#include <cmath>
#include <numbers>

#include "engine/probe/random.h"

namespace ropescope {
namespace {

// Uniform in (0, 1], 53 bits.
double uniform(SplitMix64& random) {
    return (static_cast<double>(random.next() >> 11U) + 1) * 0x1p-53;
}

} // namespace

std::uint64_t seedOf(std::uint64_t seed, std::string_view name) {
    for (const char letter : name)
        seed = SplitMix64(seed ^ static_cast<unsigned char>(letter)).next();
    return seed;
}

void fillNormal(std::span<float> out, double deviation, std::uint64_t seed) {
    SplitMix64 random(seed);
    for (std::size_t i = 0; i < out.size(); i += 2) { // Box and Muller (1958): two draws at a time
        const double radius = deviation * std::sqrt(-2 * std::log(uniform(random)));
        const double angle = 2 * std::numbers::pi * uniform(random);
        out[i] = static_cast<float>(radius * std::cos(angle));
        if (i + 1 < out.size())
            out[i + 1] = static_cast<float>(radius * std::sin(angle));
    }
}

} // namespace ropescope
