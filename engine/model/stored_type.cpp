#include "engine/model/stored_type.h"

#include <bit>
#include <cstring>

namespace ropescope {
namespace {

static_assert(std::endian::native == std::endian::little, "weights are little-endian and copied as they are");

using Byte = std::uint8_t;

// Branch-free, so that loops over it vectorise; exact for subnormals, infinities and NaN.
inline float fromHalf(std::uint16_t half) {
    constexpr std::uint32_t exponentMask = 0x0f800000U;
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
    const std::uint32_t shifted = static_cast<std::uint32_t>(half & 0x7fffU) << 13;
    const std::uint32_t exponent = shifted & exponentMask;
    const std::uint32_t normal = shifted + (112U << 23) + (exponent == exponentMask ? 112U << 23 : 0U);
    const float subnormal = std::bit_cast<float>(normal + (1U << 23)) - std::bit_cast<float>(113U << 23);
    return std::bit_cast<float>((exponent == 0 ? std::bit_cast<std::uint32_t>(subnormal) : normal) | sign);
}

template <class T>
T load(const Byte* source) {
    T value;
    std::memcpy(&value, source, sizeof value);
    return value;
}

float halfAt(const Byte* source) {
    return fromHalf(load<std::uint16_t>(source));
}

void copyHalfs(const Byte* source, std::int64_t count, float* out) {
    for (std::int64_t i = 0; i < count; ++i)
        out[i] = halfAt(source + 2 * i);
}

void copyBrainFloats(const Byte* source, std::int64_t count, float* out) {
    for (std::int64_t i = 0; i < count; ++i)
        out[i] = std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(source + 2 * i)) << 16);
}

// One block each, in the order of the file: scale(s) first, then packed integers. Low nibbles are elements 0..15
// and high nibbles 16..31 of a block of 32.

void blockQ4_0(const Byte* block, float* out) {
    const float d = halfAt(block);
    for (int j = 0; j < 16; ++j) {
        out[j] = d * static_cast<float>((block[2 + j] & 15) - 8);
        out[j + 16] = d * static_cast<float>((block[2 + j] >> 4) - 8);
    }
}

void blockQ4_1(const Byte* block, float* out) {
    const float d = halfAt(block);
    const float m = halfAt(block + 2);
    for (int j = 0; j < 16; ++j) {
        out[j] = d * static_cast<float>(block[4 + j] & 15) + m;
        out[j + 16] = d * static_cast<float>(block[4 + j] >> 4) + m;
    }
}

// Bit j of the word is the fifth bit of element j.
void fiveBits(const Byte* nibbles, std::uint32_t high, int (&values)[32]) {
    for (int j = 0; j < 16; ++j) {
        values[j] = (nibbles[j] & 15) | static_cast<int>((high >> j & 1U) << 4);
        values[j + 16] = (nibbles[j] >> 4) | static_cast<int>((high >> (j + 16) & 1U) << 4);
    }
}

void blockQ5_0(const Byte* block, float* out) {
    const float d = halfAt(block);
    int values[32];
    fiveBits(block + 6, load<std::uint32_t>(block + 2), values);
    for (int j = 0; j < 32; ++j)
        out[j] = d * static_cast<float>(values[j] - 16);
}

void blockQ5_1(const Byte* block, float* out) {
    const float d = halfAt(block);
    const float m = halfAt(block + 2);
    int values[32];
    fiveBits(block + 8, load<std::uint32_t>(block + 4), values);
    for (int j = 0; j < 32; ++j)
        out[j] = d * static_cast<float>(values[j]) + m;
}

void blockQ8_0(const Byte* block, float* out) {
    const float d = halfAt(block);
    for (int j = 0; j < 32; ++j)
        out[j] = d * static_cast<float>(static_cast<std::int8_t>(block[2 + j]));
}

// Q4_K and Q5_K: eight sub-blocks of 32 with a 6-bit scale and minimum each, packed into 12 bytes.
struct SubBlockScales {
    float scale[8];
    float minimum[8];
};

SubBlockScales subBlockScales(const Byte* block) {
    const float d = halfAt(block);
    const float dmin = halfAt(block + 2);
    const Byte* packed = block + 4;
    SubBlockScales result;
    for (int k = 0; k < 4; ++k) {
        result.scale[k] = d * static_cast<float>(packed[k] & 63);
        result.minimum[k] = dmin * static_cast<float>(packed[k + 4] & 63);
        result.scale[k + 4] = d * static_cast<float>((packed[k + 8] & 15) | (packed[k] >> 6) << 4);
        result.minimum[k + 4] = dmin * static_cast<float>((packed[k + 8] >> 4) | (packed[k + 4] >> 6) << 4);
    }
    return result;
}

void blockQ4_K(const Byte* block, float* out) {
    const SubBlockScales scales = subBlockScales(block);
    for (int group = 0; group < 4; ++group) {
        const Byte* nibbles = block + 16 + 32 * group;
        float* low = out + 64 * group;
        const int k = 2 * group;
        for (int l = 0; l < 32; ++l) {
            low[l] = scales.scale[k] * static_cast<float>(nibbles[l] & 15) - scales.minimum[k];
            low[l + 32] = scales.scale[k + 1] * static_cast<float>(nibbles[l] >> 4) - scales.minimum[k + 1];
        }
    }
}

// Byte l of the high bits serves position l of every sub-block, bit k sub-block k.
void blockQ5_K(const Byte* block, float* out) {
    const SubBlockScales scales = subBlockScales(block);
    const Byte* high = block + 16;
    for (int group = 0; group < 4; ++group) {
        const Byte* nibbles = block + 48 + 32 * group;
        float* low = out + 64 * group;
        const int k = 2 * group;
        for (int l = 0; l < 32; ++l) {
            const int first = (nibbles[l] & 15) | (high[l] >> k & 1) << 4;
            const int second = (nibbles[l] >> 4) | (high[l] >> (k + 1) & 1) << 4;
            low[l] = scales.scale[k] * static_cast<float>(first) - scales.minimum[k];
            low[l + 32] = scales.scale[k + 1] * static_cast<float>(second) - scales.minimum[k + 1];
        }
    }
}

// Two halves of 128, each in four runs of 32 that share their bytes; a scale for every 16 elements.
void blockQ6_K(const Byte* block, float* out) {
    const float d = halfAt(block + 208);
    for (int half = 0; half < 2; ++half) {
        const Byte* low = block + 64 * half;
        const Byte* high = block + 128 + 32 * half;
        const Byte* scales = block + 192 + 8 * half;
        float* target = out + 128 * half;
        float scale[8];
        for (int s = 0; s < 8; ++s)
            scale[s] = d * static_cast<float>(static_cast<std::int8_t>(scales[s]));
        for (int l = 0; l < 32; ++l) {
            const int s = l / 16;
            const int q0 = (low[l] & 15) | (high[l] & 3) << 4;
            const int q1 = (low[l + 32] & 15) | (high[l] >> 2 & 3) << 4;
            const int q2 = (low[l] >> 4) | (high[l] >> 4 & 3) << 4;
            const int q3 = (low[l + 32] >> 4) | (high[l] >> 6 & 3) << 4;
            target[l] = scale[s] * static_cast<float>(q0 - 32);
            target[l + 32] = scale[s + 2] * static_cast<float>(q1 - 32);
            target[l + 64] = scale[s + 4] * static_cast<float>(q2 - 32);
            target[l + 96] = scale[s + 6] * static_cast<float>(q3 - 32);
        }
    }
}

template <void (*block)(const Byte*, float*)>
void eachBlock(StoredType type, const Byte* source, std::int64_t count, float* out) {
    const BlockLayout layout = blockLayout(type);
    for (std::int64_t done = 0; done < count; done += layout.elements) {
        block(source, out + done);
        source += layout.bytes;
    }
}

} // namespace

std::string_view name(StoredType type) {
    constexpr std::string_view names[] = {"F32",  "F16",  "BF16", "Q4_0", "Q4_1", "Q5_0",
                                          "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"};
    return names[static_cast<std::size_t>(type)];
}

BlockLayout blockLayout(StoredType type) {
    constexpr BlockLayout layouts[] = {{1, 4},   {1, 2},   {1, 2},     {32, 18},   {32, 20},  {32, 22},
                                       {32, 24}, {32, 34}, {256, 144}, {256, 176}, {256, 210}};
    return layouts[static_cast<std::size_t>(type)];
}

void dequantise(StoredType type, const std::byte* source, std::int64_t elements, float* out) {
    const auto* bytes = reinterpret_cast<const Byte*>(source);
    switch (type) {
    case StoredType::f32:
        std::memcpy(out, bytes, static_cast<std::size_t>(elements) * sizeof(float));
        return;
    case StoredType::f16:
        return copyHalfs(bytes, elements, out);
    case StoredType::bf16:
        return copyBrainFloats(bytes, elements, out);
    case StoredType::q4_0:
        return eachBlock<blockQ4_0>(type, bytes, elements, out);
    case StoredType::q4_1:
        return eachBlock<blockQ4_1>(type, bytes, elements, out);
    case StoredType::q5_0:
        return eachBlock<blockQ5_0>(type, bytes, elements, out);
    case StoredType::q5_1:
        return eachBlock<blockQ5_1>(type, bytes, elements, out);
    case StoredType::q8_0:
        return eachBlock<blockQ8_0>(type, bytes, elements, out);
    case StoredType::q4_k:
        return eachBlock<blockQ4_K>(type, bytes, elements, out);
    case StoredType::q5_k:
        return eachBlock<blockQ5_K>(type, bytes, elements, out);
    case StoredType::q6_k:
        return eachBlock<blockQ6_K>(type, bytes, elements, out);
    }
}

} // namespace ropescope
