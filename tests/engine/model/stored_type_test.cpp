#include "engine/model/stored_type.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "tests/support/catch.h"

using namespace ropescope;

namespace {

std::string fromHex(const std::string& hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    return bytes;
}

// IEEE half precision by its definition.
float halfByDefinition(unsigned half) {
    const int exponent = static_cast<int>(half >> 10 & 31U);
    const auto fraction = static_cast<float>(half & 1023U);
    float value = exponent == 31  ? (fraction == 0 ? INFINITY : NAN)
                  : exponent == 0 ? std::ldexp(fraction, -24)
                                  : std::ldexp(1024 + fraction, exponent - 25);
    return (half & 0x8000U) != 0 ? -value : value;
}

} // namespace

TEST_CASE("quantised blocks have exactly the values of the gguf Python package") {
    // Made by make_quantised_blocks.py beside this file.
    const auto golden = nlohmann::json::parse(readFile(ROPESCOPE_QUANTISED_BLOCKS).value());
    for (const StoredType type : {StoredType::q4_0, StoredType::q4_1, StoredType::q5_0, StoredType::q5_1,
                                  StoredType::q8_0, StoredType::q4_k, StoredType::q5_k, StoredType::q6_k}) {
        INFO(name(type));
        const auto& entry = golden.at(std::string(name(type)));
        const std::string blocks = fromHex(entry.at("blocks"));
        const std::string bytes = fromHex(entry.at("values"));
        std::vector<float> expected(bytes.size() / sizeof(float));
        std::memcpy(expected.data(), bytes.data(), bytes.size());
        const BlockLayout layout = blockLayout(type);
        REQUIRE(blocks.size() / static_cast<std::size_t>(layout.bytes) * static_cast<std::size_t>(layout.elements) ==
                expected.size());
        // One byte off: no alignment is promised to the reader.
        std::vector<std::byte> shifted(blocks.size() + 1);
        std::memcpy(shifted.data() + 1, blocks.data(), blocks.size());
        std::vector<float> values(expected.size());
        dequantise(type, shifted.data() + 1, static_cast<std::int64_t>(values.size()), values.data());
        CHECK(values == expected);
    }
}

TEST_CASE("every half precision number is converted exactly") {
    std::vector<std::uint16_t> halfs(65536);
    for (unsigned half = 0; half < halfs.size(); ++half)
        halfs[half] = static_cast<std::uint16_t>(half);
    std::vector<float> values(halfs.size());
    dequantise(StoredType::f16, reinterpret_cast<const std::byte*>(halfs.data()), 65536, values.data());
    std::size_t different = 0;
    for (unsigned half = 0; half < halfs.size(); ++half) {
        const float expected = halfByDefinition(half);
        const bool same = std::isnan(expected)
                              ? std::isnan(values[half])
                              : std::bit_cast<std::uint32_t>(expected) == std::bit_cast<std::uint32_t>(values[half]);
        different += same ? 0 : 1;
    }
    CHECK(different == 0);
}
