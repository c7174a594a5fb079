// Random weights that are the same wherever and in whatever order they are drawn.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ropescope {

// A seed of its own for everything that has a name.
[[nodiscard]] std::uint64_t seedOf(std::uint64_t seed, std::string_view name);

// Independent draws from normal(0, deviation).
void fillNormal(std::span<float> out, double deviation, std::uint64_t seed);

} // namespace ropescope
