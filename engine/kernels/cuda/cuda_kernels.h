// The kernels on an NVIDIA GPU: the same bodies as the host's (formulas.h) with a launch around each. They live in a
// shared library of their own that is loaded only where there is a GPU, so this header is all that the engine is
// compiled against. C++17.
#pragma once

#include <cstdint>

#include "engine/kernels/formulas.h"
#include "engine/kernels/layouts.h"

namespace ropescope::kernels {

// Where to launch: a device and a stream of it (cudaStream_t; null is the default stream).
struct CudaQueue {
    int device = 0;
    void* stream = nullptr;
};

// Launches return at once; they give null, or CUDA's words for what went wrong. Meanings as in host_kernels.h; all
// pointers are the device's.
template <class T>
struct CudaLaunches {
    const char* (*rmsNorm)(CudaQueue queue, const Rows<const T>& x, std::int64_t width, const float* weight,
                           float epsilon, T* out) = nullptr;
    const char* (*rotate)(CudaQueue queue, const Heads<T>& x, const RotaryTable<T>& table) = nullptr;
    const char* (*gatedSilu)(CudaQueue queue, const T* gateUp, std::int64_t rows, std::int64_t width, T* out) = nullptr;
    const char* (*tokenNll)(CudaQueue queue, const T* logits, std::int64_t rows, std::int64_t vocabulary,
                            const std::int64_t* targets, float* nll) = nullptr;
};

struct CudaKernels {
    CudaLaunches<float> fp32;
    CudaLaunches<Bf16> bf16;
};

} // namespace ropescope::kernels

// What the library exports.
extern "C" const ropescope::kernels::CudaKernels* ropescopeCudaKernels();
