// How numbers are stored in checkpoints, and their values as float32 (GGUF block layouts: ggml's quants).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ropescope {

enum class StoredType { f32, f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0, q4_k, q5_k, q6_k };

// "F32", "Q4_K", as the file formats call them.
[[nodiscard]] std::string_view name(StoredType type);

// Values are stored in blocks of `elements` numbers in `bytes` bytes; plain types have blocks of one.
struct BlockLayout {
    std::int64_t elements = 1;
    std::int64_t bytes = 4;
};
[[nodiscard]] BlockLayout blockLayout(StoredType type);

// `elements` values (whole blocks) from `source`, which need not be aligned, to `out`. Exactly the values of the
// reference implementation in float32.
void dequantise(StoredType type, const std::byte* source, std::int64_t elements, float* out);

} // namespace ropescope
