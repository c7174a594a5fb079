// How tensors lie in memory, as the kernels of every device see them. C++17, because CUDA sources include it.
#pragma once

#include <cstdint>

namespace ropescope::kernels {

// Rows of a tensor with two outer axes: row (a, b) begins at data + a * outerStride + b * innerStride.
template <class T>
struct Rows {
    T* data = nullptr;
    std::int64_t outer = 0, inner = 0;
    std::int64_t outerStride = 0, innerStride = 0;
};

// Heads at positions [batch, positions, heads, head_dim], dims contiguous, strides in elements.
template <class T>
struct Heads {
    T* data = nullptr;
    std::int64_t batch = 0, positions = 0, heads = 0;
    std::int64_t batchStride = 0, positionStride = 0, headStride = 0;
};

// Cosines and sines [sequences, positions, pairs]; batchStride 0 where one table serves the whole batch.
template <class T>
struct RotaryTable {
    const T* cosine = nullptr;
    const T* sine = nullptr;
    std::int64_t pairs = 0;
    std::int64_t batchStride = 0, positionStride = 0;
};

} // namespace ropescope::kernels
