// Safetensors files made by hand for tests: any header, any bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ropescope::test {

// Length, header and data as the format wants them, whatever the header says.
inline std::string safetensorsBytes(std::string_view header, std::string_view data) {
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<std::uint64_t>(header.size()) >> shift & 255U);
    return bytes.append(header).append(data);
}

} // namespace ropescope::test
