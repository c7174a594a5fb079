// SHA-256 (FIPS 180-4): the identity of texts and of model files in a study.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"

namespace ropescope {

// Fed piece by piece; hex() ends it.
class Sha256 {
public:
    Sha256();
    void add(std::string_view bytes);
    // 64 lower-case hexadecimal digits. Call once; nothing may be added afterwards.
    [[nodiscard]] std::string hex();

private:
    void addBlock(const unsigned char* block);

    std::array<std::uint32_t, 8> m_state;
    std::array<unsigned char, 64> m_block{};
    std::size_t m_filled = 0;
    std::uint64_t m_length = 0; // bytes
};

[[nodiscard]] std::string sha256(std::string_view bytes);

// Of a whole file, whatever its size. Reports progress in bytes; stopping gives Cancelled.
[[nodiscard]] Outcome<std::string> sha256OfFile(const std::filesystem::path& path, const RunControl& control);

} // namespace ropescope
