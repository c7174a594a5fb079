// The values this product is about: which angles a model's rotary embedding uses, and how they are re-scaled.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

// What a method needs to know of a model. Rotary pair i = 0 .. pairs()-1 turns by position * theta^(-2i /
// rotaryDim).
struct RopeGeometry {
    int headDim = 0;
    int rotaryDim = 0;              // D: the first D dims of a head rotate (partial rotary: D < headDim); even
    double theta = 10000;           // base
    std::int64_t trainedLength = 0; // L

    [[nodiscard]] int pairs() const { return rotaryDim / 2; }
};

// One divisor per rotary pair: inverse frequency i becomes theta^(-2i/D) / factors[i]. The attention factor
// multiplies both cos and sin of queries and keys, so attention logits scale by its square.
struct FactorSet {
    std::vector<double> factors;
    double attentionFactor = 1;
    std::string origin; // where it came from, for people: "yarn:4", "factors.json", "search, evaluation 512"

    bool operator==(const FactorSet&) const = default;
};

// theta^(-2i/D) of the unscaled rotary embedding in double precision: what formulas and angle counts use.
[[nodiscard]] double frequency(const RopeGeometry& geometry, int pair);

// Usage error that names the value when a geometry can't carry a rotary embedding: rotaryDim even and 2 ..
// headDim, theta finite and above 1, trainedLength at least 1.
[[nodiscard]] Result<void> checkGeometry(const RopeGeometry& geometry);

// Factors 1, attention factor 1: the rotary embedding as trained.
[[nodiscard]] FactorSet unscaled(const RopeGeometry& geometry);

// theta^(-2i/D) / factor_i per pair as a forward pass uses it, bit for bit in the float32 arithmetic of the
// programs that take a list of factors (LongRoPE and its descendants): 1 / (factor_i * float(theta^(2i/D))).
// Needs one factor per pair.
[[nodiscard]] std::vector<float> inverseFrequencies(const RopeGeometry& geometry, const FactorSet& set);

} // namespace ropescope
