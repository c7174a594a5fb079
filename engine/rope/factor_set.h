// The values this product is about: which angles a model's rotary embedding uses, and how they are re-scaled.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

// Factors 1, attention factor 1: the rotary embedding as trained.
[[nodiscard]] FactorSet unscaled(const RopeGeometry& geometry);

// theta^(-2i/D) / factor_i per pair, in the float32 arithmetic of the authors' programs
// (1 / float(theta^(2i/D)), divided by the factor), as they are used in a forward pass.
[[nodiscard]] std::vector<float> inverseFrequencies(const RopeGeometry& geometry, const FactorSet& set);

} // namespace ropescope
