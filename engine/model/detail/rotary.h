// Cosine and sine tables of a rotary embedding under given factors.
#pragma once

#include <cstdint>
#include <span>

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

// Tables of positions [first, first + count) for each factor set. Inverse frequencies are float32 as in the
// authors' programs; phases position x frequency are float64 (at 16k positions float32 phases cost 1e-2 in a
// token's NLL), then cosine and sine are rounded to float32, times the attention factor, cast to `type`.
[[nodiscard]] RotaryTables rotaryTables(const RopeGeometry& geometry, std::span<const FactorSet* const> sets,
                                        std::int64_t first, std::int64_t count, at::ScalarType type, at::Device device);

} // namespace ropescope::detail
