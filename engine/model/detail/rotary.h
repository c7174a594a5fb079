// Cosine and sine tables of a rotary embedding under given factors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detail/torch.h"
#include "engine/rope/factor_set.h"

namespace ropescope::detail {

// cosine, sine: [sequences, positions, 1, pairs], in the activation type, attention factor included;
// sequences is 1 where all of a batch share one factor set. Pair i of a head is (i, i + pairs): rotate half.
struct RotaryTables {
    at::Tensor cosine, sine;

    // The tables of positions [first, first + count).
    [[nodiscard]] RotaryTables positions(std::int64_t first, std::int64_t count) const;
};

// Where an attention gets its tables from. Sibling types: fixed factors, or factors under differentiation.
class RotarySource {
public:
    virtual ~RotarySource() = default;
    // Tables of positions [first, first + count).
    [[nodiscard]] virtual RotaryTables tables(std::int64_t first, std::int64_t count, at::ScalarType type,
                                              at::Device device) = 0;
};

// The tables of given factor sets, one per sequence of a batch or one for all. The sets must outlive the source.
// Inverse frequencies are float32 as in the authors' programs; phases position x frequency are float64 (at 16k
// positions float32 phases cost 1e-2 in a token's NLL), then cosine and sine are rounded to float32, times the
// attention factor, cast to the type asked for.
class FactorRotary final : public RotarySource {
public:
    FactorRotary(const RopeGeometry& geometry, std::span<const FactorSet* const> sets);
    [[nodiscard]] RotaryTables tables(std::int64_t first, std::int64_t count, at::ScalarType type,
                                      at::Device device) override;

private:
    struct Scaled {
        std::vector<float> frequencies;
        float attentionFactor = 1;
    };
    std::vector<Scaled> m_sets;
    std::int64_t m_pairs = 0;
};

} // namespace ropescope::detail
