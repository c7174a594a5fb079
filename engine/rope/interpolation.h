// The methods that treat all pairs alike: leave them, slow them equally, or enlarge the base.
#pragma once

#include <cstdint>

#include "engine/rope/method.h"

namespace ropescope {

// "none": factors 1 whatever the scale (extrapolation).
class Extrapolation final : public RopeMethod {
public:
    [[nodiscard]] std::string_view name() const override { return "none"; }
    [[nodiscard]] std::string_view summary() const override { return "the rotary embedding as trained"; }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;
};

// "pi": position interpolation (arXiv 2306.15595), every factor s. "linear" in a model's configuration.
class PositionInterpolation final : public RopeMethod {
public:
    [[nodiscard]] std::string_view name() const override { return "pi"; }
    [[nodiscard]] std::string_view summary() const override { return "every pair slowed by the scale"; }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;
};

// "ntk": NTK-aware scaling, the base times s^(D/(D-2)), so factor_i = s^(2i/(D-2)): 1 for the first pair, s for
// the last.
class NtkAware final : public RopeMethod {
public:
    [[nodiscard]] std::string_view name() const override { return "ntk"; }
    [[nodiscard]] std::string_view summary() const override {
        return "a larger base: 1 for the first pair, the scale for the last";
    }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;
};

// "dynamic": NTK-aware scaling that grows with the sequence, as transformers' rope type "dynamic" computes it:
// base * (s * S / M - (s - 1))^(D/(D-2)) with S = max(sequence length, M), M = the trained length.
class DynamicNtk final : public RopeMethod {
public:
    explicit DynamicNtk(std::int64_t sequenceLength) : m_sequenceLength(sequenceLength) {}
    [[nodiscard]] std::string_view name() const override { return "dynamic"; }
    [[nodiscard]] std::string_view summary() const override { return "a base that grows with the sequence"; }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;

private:
    std::int64_t m_sequenceLength;
};

} // namespace ropescope
