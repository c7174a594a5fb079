// Files made by hand for tests: any bytes, any header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ropescope::test {

// Without the trip to the disk that writeFileAtomically takes, and that some file systems take when a file is
// truncated and written anew: too slow for thousands of files.
inline void writeBytes(const std::filesystem::path& path, std::string_view bytes) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A safetensors file: length, header and data as the format wants them, whatever the header says.
inline std::string safetensorsBytes(std::string_view header, std::string_view data) {
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<std::uint64_t>(header.size()) >> shift & 255U);
    return bytes.append(header).append(data);
}

} // namespace ropescope::test
