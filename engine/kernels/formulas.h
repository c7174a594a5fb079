// The formulas of the kernels, one element or one pair at a time, for the host and for CUDA alike: the same
// bodies are tested on the CPU and launched on a GPU. No LibTorch here.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define ROPESCOPE_HOST_DEVICE __host__ __device__ __forceinline__
#else
#define ROPESCOPE_HOST_DEVICE inline __attribute__((always_inline))
#endif

namespace ropescope::kernels {

// bfloat16 as stored: the upper half of a float32.
struct Bf16 {
    std::uint16_t bits;
};

ROPESCOPE_HOST_DEVICE float bitsToFloat(std::uint32_t bits) {
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

ROPESCOPE_HOST_DEVICE std::uint32_t floatToBits(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

ROPESCOPE_HOST_DEVICE float widen(float value) {
    return value;
}

ROPESCOPE_HOST_DEVICE float widen(Bf16 value) {
    return bitsToFloat(static_cast<std::uint32_t>(value.bits) << 16);
}

ROPESCOPE_HOST_DEVICE void store(float value, float& out) {
    out = value;
}

// Rounds to nearest, ties to even; a NaN stays one.
ROPESCOPE_HOST_DEVICE void store(float value, Bf16& out) {
    const std::uint32_t bits = floatToBits(value);
    const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
    out.bits = static_cast<std::uint16_t>(value == value ? rounded : 0x7fc0U);
}

// e^x to about 2 units in the last place for x in [-87, 88]; outside it saturates (never 0, never infinite).
// Branch-free, so that compilers vectorise loops over it. A NaN stays one.
ROPESCOPE_HOST_DEVICE float exponential(float x) {
    x = x < -87.0F ? -87.0F : x;
    x = x > 88.0F ? 88.0F : x;
    constexpr float roundingShift = 12582912.0F; // 1.5 * 2^23: adding it rounds to an integer
    const float shifted = x * 1.44269504088896341F + roundingShift;
    const float turns = shifted - roundingShift;
    const float rest = (x - turns * 0.693359375F) - turns * -2.12194440e-4F;
    float series = 1.9875691500e-4F; // minimax coefficients of e^r on |r| <= ln 2 / 2
    series = series * rest + 1.3981999507e-3F;
    series = series * rest + 8.3334519073e-3F;
    series = series * rest + 4.1665795894e-2F;
    series = series * rest + 1.6666665459e-1F;
    series = series * rest + 5.0000001201e-1F;
    series = series * rest * rest + rest + 1.0F;
    const std::uint32_t scale = (floatToBits(shifted) << 23) + 0x3f800000U; // 2^turns
    return series * bitsToFloat(scale);
}

// silu(gate) * up, silu(x) = x / (1 + e^-x).
ROPESCOPE_HOST_DEVICE float gatedSilu(float gate, float up) {
    return gate / (1.0F + exponential(-gate)) * up;
}

// Rotary embedding of the pair (first, second) of one head: rotate half.
ROPESCOPE_HOST_DEVICE float rotatedFirst(float first, float second, float cosine, float sine) {
    return first * cosine - second * sine;
}
ROPESCOPE_HOST_DEVICE float rotatedSecond(float first, float second, float cosine, float sine) {
    return second * cosine + first * sine;
}

} // namespace ropescope::kernels
