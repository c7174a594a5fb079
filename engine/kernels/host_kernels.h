// What lies between matrix products, in one pass over memory each, vectorised for the processor at hand. Plain
// pointers and sizes, no LibTorch; run on as many threads as OpenMP is set to.
#pragma once

#include <cstdint>

#include "engine/kernels/formulas.h"
#include "engine/kernels/layouts.h"

namespace ropescope::kernels {

// out = x / sqrt(mean(x^2) + epsilon) * weight for every row of `width`; out is dense.
void rmsNorm(const Rows<const float>& x, std::int64_t width, const float* weight, float epsilon, float* out);
void rmsNorm(const Rows<const Bf16>& x, std::int64_t width, const float* weight, float epsilon, Bf16* out);

// Rotates pairs (i, i + pairs) of every head in place; further dims stay.
void rotate(const Heads<float>& x, const RotaryTable<float>& table);
void rotate(const Heads<Bf16>& x, const RotaryTable<Bf16>& table);

// out[row][i] = silu(gateUp[row][i]) * gateUp[row][width + i]; both dense.
void gatedSilu(const float* gateUp, std::int64_t rows, std::int64_t width, float* out);
void gatedSilu(const Bf16* gateUp, std::int64_t rows, std::int64_t width, Bf16* out);

// nll[row] = ln sum exp(logits[row]) - logits[row][targets[row]]; logits dense [rows, vocabulary]. Sums in
// float64 over float32 blocks. A NaN among the logits gives NaN.
void tokenNll(const float* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets, float* nll);
void tokenNll(const Bf16* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets, float* nll);

} // namespace ropescope::kernels
