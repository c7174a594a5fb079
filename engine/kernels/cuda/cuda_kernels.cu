#include "engine/kernels/cuda/cuda_kernels.h"

#include <algorithm>

#include <cuda_runtime_api.h>

namespace ropescope::kernels {
namespace {

constexpr int threads = 256; // per block
constexpr int warp = 32;     // lanes
constexpr unsigned allLanes = 0xffffffffU;
constexpr std::int64_t mostBlocks = 1 << 30; // below the limit of the grid's first axis

// --- One value from all threads of a block, known to all of them afterwards.

struct Sum {
    __device__ float operator()(float a, float b) const { return a + b; }
};
// A NaN on either side wins, as a sum would let it.
struct Largest {
    __device__ float operator()(float a, float b) const { return a > b || a != a ? a : b; }
};

template <class Join>
__device__ float overBlock(float value, Join join, float neutral) {
    __shared__ float parts[threads / warp];
    for (int offset = warp / 2; offset > 0; offset /= 2)
        value = join(value, __shfl_xor_sync(allLanes, value, offset));
    if (threadIdx.x % warp == 0)
        parts[threadIdx.x / warp] = value;
    __syncthreads();
    value = threadIdx.x % warp < threads / warp ? parts[threadIdx.x % warp] : neutral;
    for (int offset = warp / 2; offset > 0; offset /= 2)
        value = join(value, __shfl_xor_sync(allLanes, value, offset));
    __syncthreads(); // before the next call writes its parts
    return value;
}

// --- Kernels.

// One block per row.
template <class T>
__global__ void rmsNormRow(Rows<const T> x, std::int64_t width, const float* weight, float epsilon, T* out) {
    const std::int64_t row = blockIdx.x;
    const T* const in = x.data + row / x.inner * x.outerStride + row % x.inner * x.innerStride;
    T* const to = out + row * width;
    float sum = 0;
    for (std::int64_t i = threadIdx.x; i < width; i += threads)
        sum += widen(in[i]) * widen(in[i]);
    const float scale = 1.0F / sqrtf(overBlock(sum, Sum(), 0.0F) / static_cast<float>(width) + epsilon);
    for (std::int64_t i = threadIdx.x; i < width; i += threads)
        store(widen(in[i]) * scale * weight[i], to[i]);
}

// One block per position of a sequence, its threads over heads and pairs.
template <class T>
__global__ void rotatePosition(Heads<T> x, RotaryTable<T> table) {
    const std::int64_t sequence = blockIdx.x / x.positions;
    const std::int64_t position = blockIdx.x % x.positions;
    const std::int64_t entry = sequence * table.batchStride + position * table.positionStride;
    T* const heads = x.data + sequence * x.batchStride + position * x.positionStride;
    for (std::int64_t i = threadIdx.x; i < x.heads * table.pairs; i += threads) {
        const std::int64_t pair = i % table.pairs;
        T* const first = heads + i / table.pairs * x.headStride + pair;
        T* const second = first + table.pairs;
        const float a = widen(*first), b = widen(*second);
        const float c = widen(table.cosine[entry + pair]), s = widen(table.sine[entry + pair]);
        store(rotatedFirst(a, b, c, s), *first);
        store(rotatedSecond(a, b, c, s), *second);
    }
}

// One block per row and stretch of `threads` columns.
template <class T>
__global__ void gatedSiluStretch(const T* gateUp, std::int64_t stretches, std::int64_t width, T* out) {
    const std::int64_t row = blockIdx.x / stretches;
    const std::int64_t i = blockIdx.x % stretches * threads + threadIdx.x;
    if (i < width)
        store(gatedSilu(widen(gateUp[row * 2 * width + i]), widen(gateUp[row * 2 * width + width + i])),
              out[row * width + i]);
}

// One block per row. Sums in float32 per thread (vocabulary / 256 terms each), which is exact enough: the relative
// error of the sum is an absolute one of its logarithm.
template <class T>
__global__ void tokenNllRow(const T* logits, std::int64_t vocabulary, const std::int64_t* targets, float* nll) {
    const T* const x = logits + blockIdx.x * vocabulary;
    const float least = -3.402823466e38F;
    float top = least;
    for (std::int64_t i = threadIdx.x; i < vocabulary; i += threads)
        top = Largest()(widen(x[i]), top);
    top = overBlock(top, Largest(), least);
    float sum = 0;
    for (std::int64_t i = threadIdx.x; i < vocabulary; i += threads)
        sum += exponential(widen(x[i]) - top);
    sum = overBlock(sum, Sum(), 0.0F);
    if (threadIdx.x == 0)
        nll[blockIdx.x] = logf(sum) + (top - widen(x[targets[blockIdx.x]]));
}

// --- Launches.

// Calls `start` with the stream on the queue's device; gives what CUDA said.
template <class Start>
const char* launch(CudaQueue queue, std::int64_t blocks, const Start& start) {
    if (blocks == 0)
        return nullptr;
    if (blocks > mostBlocks)
        return "too many rows for one launch";
    cudaError_t status = cudaSetDevice(queue.device);
    if (status == cudaSuccess) {
        start(static_cast<unsigned>(blocks), static_cast<cudaStream_t>(queue.stream));
        status = cudaGetLastError();
    }
    return status == cudaSuccess ? nullptr : cudaGetErrorString(status);
}

template <class T>
const char* launchRmsNorm(CudaQueue queue, const Rows<const T>& x, std::int64_t width, const float* weight,
                          float epsilon, T* out) {
    return launch(queue, x.outer * x.inner, [&](unsigned blocks, cudaStream_t stream) {
        rmsNormRow<T><<<blocks, threads, 0, stream>>>(x, width, weight, epsilon, out);
    });
}

template <class T>
const char* launchRotate(CudaQueue queue, const Heads<T>& x, const RotaryTable<T>& table) {
    return launch(queue, x.batch * x.positions, [&](unsigned blocks, cudaStream_t stream) {
        rotatePosition<T><<<blocks, threads, 0, stream>>>(x, table);
    });
}

template <class T>
const char* launchGatedSilu(CudaQueue queue, const T* gateUp, std::int64_t rows, std::int64_t width, T* out) {
    const std::int64_t stretches = (width + threads - 1) / threads;
    return launch(queue, rows * stretches, [&](unsigned blocks, cudaStream_t stream) {
        gatedSiluStretch<T><<<blocks, threads, 0, stream>>>(gateUp, stretches, width, out);
    });
}

template <class T>
const char* launchTokenNll(CudaQueue queue, const T* logits, std::int64_t rows, std::int64_t vocabulary,
                           const std::int64_t* targets, float* nll) {
    return launch(queue, rows, [&](unsigned blocks, cudaStream_t stream) {
        tokenNllRow<T><<<blocks, threads, 0, stream>>>(logits, vocabulary, targets, nll);
    });
}

template <class T>
constexpr CudaLaunches<T> allLaunches() {
    return {launchRmsNorm<T>, launchRotate<T>, launchGatedSilu<T>, launchTokenNll<T>};
}

} // namespace
} // namespace ropescope::kernels

extern "C" const ropescope::kernels::CudaKernels* ropescopeCudaKernels() {
    using namespace ropescope::kernels;
    static const CudaKernels kernels{allLaunches<float>(), allLaunches<Bf16>()};
    return &kernels;
}
