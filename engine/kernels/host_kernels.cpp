#include "engine/kernels/host_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

// One compiled body per processor generation, chosen when the program is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ROPESCOPE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ROPESCOPE_CLONES
#endif

namespace ropescope::kernels {
namespace {

constexpr std::int64_t lanes = 16;          // partial sums side by side: what lets a float sum vectorise
constexpr std::int64_t sumBlock = 4096;     // elements summed in float32 before they join a float64 sum
constexpr std::int64_t threadGrain = 16384; // elements below which a thread isn't worth waking

// Calls body(first, count) on ranges of [0, rows) from as many threads as pay off.
template <class Body>
void overRows(std::int64_t rows, std::int64_t elementsPerRow, const Body& body) {
    const std::int64_t tasks =
        std::clamp<std::int64_t>(rows * elementsPerRow / threadGrain, 1, std::max<std::int64_t>(1, rows));
    const std::int64_t each = std::max<std::int64_t>(1, std::min<std::int64_t>((rows + tasks - 1) / tasks, 64));
    const std::int64_t blocks = (rows + each - 1) / each;
#pragma omp parallel for schedule(static) if (tasks > 1)
    for (std::int64_t block = 0; block < blocks; ++block)
        body(block * each, std::min(each, rows - block * each));
}

template <class T>
ROPESCOPE_HOST_DEVICE float sumOfSquares(const T* x, std::int64_t width) {
    float sums[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= width; i += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[lane] += widen(x[i + lane]) * widen(x[i + lane]);
    float total = 0;
    for (const float sum : sums)
        total += sum;
    for (; i < width; ++i)
        total += widen(x[i]) * widen(x[i]);
    return total;
}

template <class T>
ROPESCOPE_HOST_DEVICE void rmsNormRows(const Rows<const T>& x, std::int64_t first, std::int64_t count,
                                       std::int64_t width, const float* weight, float epsilon, T* out) {
    for (std::int64_t row = first; row < first + count; ++row) {
        const T* const in = x.data + row / x.inner * x.outerStride + row % x.inner * x.innerStride;
        T* const to = out + row * width;
        const float scale = 1.0F / std::sqrt(sumOfSquares(in, width) / static_cast<float>(width) + epsilon);
        for (std::int64_t i = 0; i < width; ++i)
            store(widen(in[i]) * scale * weight[i], to[i]);
    }
}

template <class T>
ROPESCOPE_HOST_DEVICE void rotateRows(const Heads<T>& x, const RotaryTable<T>& table, std::int64_t first,
                                      std::int64_t count) {
    for (std::int64_t row = first; row < first + count; ++row) {
        const std::int64_t sequence = row / x.positions;
        const std::int64_t position = row % x.positions;
        const T* const cosines = table.cosine + sequence * table.batchStride + position * table.positionStride;
        const T* const sines = table.sine + sequence * table.batchStride + position * table.positionStride;
        for (std::int64_t head = 0; head < x.heads; ++head) {
            T* const firsts = x.data + sequence * x.batchStride + position * x.positionStride + head * x.headStride;
            T* const seconds = firsts + table.pairs;
#pragma GCC ivdep
            for (std::int64_t pair = 0; pair < table.pairs; ++pair) {
                const float a = widen(firsts[pair]), b = widen(seconds[pair]);
                const float c = widen(cosines[pair]), s = widen(sines[pair]);
                store(rotatedFirst(a, b, c, s), firsts[pair]);
                store(rotatedSecond(a, b, c, s), seconds[pair]);
            }
        }
    }
}

template <class T>
ROPESCOPE_HOST_DEVICE void gatedSiluRows(const T* gateUp, std::int64_t rows, std::int64_t width, T* out) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const T* const gate = gateUp + row * 2 * width;
        const T* const up = gate + width;
        T* const to = out + row * width;
#pragma GCC ivdep
        for (std::int64_t i = 0; i < width; ++i)
            store(gatedSilu(widen(gate[i]), widen(up[i])), to[i]);
    }
}

template <class T>
ROPESCOPE_HOST_DEVICE float largest(const T* x, std::int64_t width) {
    float tops[lanes];
    std::fill(tops, tops + lanes, -std::numeric_limits<float>::infinity());
    std::int64_t i = 0;
    for (; i + lanes <= width; i += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            const float value = widen(x[i + lane]);
            tops[lane] = value > tops[lane] ? value : tops[lane];
        }
    float top = tops[0];
    for (const float value : tops)
        top = value > top ? value : top;
    for (; i < width; ++i)
        top = widen(x[i]) > top ? widen(x[i]) : top;
    return top;
}

template <class T>
ROPESCOPE_HOST_DEVICE double sumOfExponentials(const T* x, std::int64_t width, float top) {
    double total = 0;
    for (std::int64_t begin = 0; begin < width; begin += sumBlock) {
        const std::int64_t end = std::min(width, begin + sumBlock);
        float sums[lanes] = {};
        std::int64_t i = begin;
        for (; i + lanes <= end; i += lanes)
            for (std::int64_t lane = 0; lane < lanes; ++lane)
                sums[lane] += exponential(widen(x[i + lane]) - top);
        for (const float sum : sums)
            total += static_cast<double>(sum);
        for (; i < end; ++i)
            total += static_cast<double>(exponential(widen(x[i]) - top));
    }
    return total;
}

template <class T>
ROPESCOPE_HOST_DEVICE void tokenNllRows(const T* logits, std::int64_t rows, std::int64_t vocabulary,
                                        const std::int64_t* targets, float* nll) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const T* const x = logits + row * vocabulary;
        const float top = largest(x, vocabulary);
        const double sum = sumOfExponentials(x, vocabulary, top);
        nll[row] =
            static_cast<float>(std::log(sum) + static_cast<double>(top) - static_cast<double>(widen(x[targets[row]])));
    }
}

// The clones can't be templates: one function per type.
ROPESCOPE_CLONES void rmsNormRange(const Rows<const float>& x, std::int64_t first, std::int64_t count,
                                   std::int64_t width, const float* weight, float epsilon, float* out) {
    rmsNormRows(x, first, count, width, weight, epsilon, out);
}
ROPESCOPE_CLONES void rmsNormRange(const Rows<const Bf16>& x, std::int64_t first, std::int64_t count,
                                   std::int64_t width, const float* weight, float epsilon, Bf16* out) {
    rmsNormRows(x, first, count, width, weight, epsilon, out);
}
ROPESCOPE_CLONES void rotateRange(const Heads<float>& x, const RotaryTable<float>& table, std::int64_t first,
                                  std::int64_t count) {
    rotateRows(x, table, first, count);
}
ROPESCOPE_CLONES void rotateRange(const Heads<Bf16>& x, const RotaryTable<Bf16>& table, std::int64_t first,
                                  std::int64_t count) {
    rotateRows(x, table, first, count);
}
ROPESCOPE_CLONES void gatedSiluRange(const float* gateUp, std::int64_t rows, std::int64_t width, float* out) {
    gatedSiluRows(gateUp, rows, width, out);
}
ROPESCOPE_CLONES void gatedSiluRange(const Bf16* gateUp, std::int64_t rows, std::int64_t width, Bf16* out) {
    gatedSiluRows(gateUp, rows, width, out);
}
ROPESCOPE_CLONES void tokenNllRange(const float* logits, std::int64_t rows, std::int64_t vocabulary,
                                    const std::int64_t* targets, float* nll) {
    tokenNllRows(logits, rows, vocabulary, targets, nll);
}
ROPESCOPE_CLONES void tokenNllRange(const Bf16* logits, std::int64_t rows, std::int64_t vocabulary,
                                    const std::int64_t* targets, float* nll) {
    tokenNllRows(logits, rows, vocabulary, targets, nll);
}

template <class T>
void rmsNormAll(const Rows<const T>& x, std::int64_t width, const float* weight, float epsilon, T* out) {
    overRows(x.outer * x.inner, width, [&](std::int64_t first, std::int64_t count) {
        rmsNormRange(x, first, count, width, weight, epsilon, out);
    });
}

template <class T>
void rotateAll(const Heads<T>& x, const RotaryTable<T>& table) {
    overRows(x.batch * x.positions, x.heads * table.pairs * 2,
             [&](std::int64_t first, std::int64_t count) { rotateRange(x, table, first, count); });
}

template <class T>
void gatedSiluAll(const T* gateUp, std::int64_t rows, std::int64_t width, T* out) {
    overRows(rows, 4 * width, [&](std::int64_t first, std::int64_t count) {
        gatedSiluRange(gateUp + first * 2 * width, count, width, out + first * width);
    });
}

template <class T>
void tokenNllAll(const T* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets, float* nll) {
    overRows(rows, 4 * vocabulary, [&](std::int64_t first, std::int64_t count) {
        tokenNllRange(logits + first * vocabulary, count, vocabulary, targets + first, nll + first);
    });
}

} // namespace

void rmsNorm(const Rows<const float>& x, std::int64_t width, const float* weight, float epsilon, float* out) {
    rmsNormAll(x, width, weight, epsilon, out);
}
void rmsNorm(const Rows<const Bf16>& x, std::int64_t width, const float* weight, float epsilon, Bf16* out) {
    rmsNormAll(x, width, weight, epsilon, out);
}
void rotate(const Heads<float>& x, const RotaryTable<float>& table) {
    rotateAll(x, table);
}
void rotate(const Heads<Bf16>& x, const RotaryTable<Bf16>& table) {
    rotateAll(x, table);
}
void gatedSilu(const float* gateUp, std::int64_t rows, std::int64_t width, float* out) {
    gatedSiluAll(gateUp, rows, width, out);
}
void gatedSilu(const Bf16* gateUp, std::int64_t rows, std::int64_t width, Bf16* out) {
    gatedSiluAll(gateUp, rows, width, out);
}
void tokenNll(const float* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets,
              float* nll) {
    tokenNllAll(logits, rows, vocabulary, targets, nll);
}
void tokenNll(const Bf16* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets, float* nll) {
    tokenNllAll(logits, rows, vocabulary, targets, nll);
}

} // namespace ropescope::kernels
