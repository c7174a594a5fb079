#include "engine/model/detail/rotary.h"

#include <cmath>

namespace ropescope::detail {

RotaryTables RotaryTables::positions(std::int64_t first, std::int64_t count) const {
    return {cosine.narrow(1, first, count), sine.narrow(1, first, count)};
}

FactorRotary::FactorRotary(const RopeGeometry& geometry, std::span<const FactorSet* const> sets)
    : m_pairs(geometry.pairs()) {
    for (const FactorSet* set : sets)
        m_sets.push_back({inverseFrequencies(geometry, *set), static_cast<float>(set->attentionFactor)});
}

RotaryTables FactorRotary::tables(std::int64_t first, std::int64_t count, at::ScalarType type, at::Device device) {
    const auto sequences = static_cast<std::int64_t>(m_sets.size());
    at::Tensor cosine = at::empty({sequences, count, 1, m_pairs}, at::kFloat);
    at::Tensor sine = at::empty_like(cosine);
    for (std::int64_t s = 0; s < sequences; ++s) {
        const Scaled& set = m_sets[static_cast<std::size_t>(s)];
        float* const cosines = cosine.data_ptr<float>() + s * count * m_pairs;
        float* const sines = sine.data_ptr<float>() + s * count * m_pairs;
        at::parallel_for(0, count, 64, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t row = begin; row < end; ++row)
                for (std::int64_t pair = 0; pair < m_pairs; ++pair) {
                    const double phase = static_cast<double>(first + row) *
                                         static_cast<double>(set.frequencies[static_cast<std::size_t>(pair)]);
                    cosines[row * m_pairs + pair] = static_cast<float>(std::cos(phase)) * set.attentionFactor;
                    sines[row * m_pairs + pair] = static_cast<float>(std::sin(phase)) * set.attentionFactor;
                }
        });
    }
    return {cosine.to(device, type), sine.to(device, type)};
}

} // namespace ropescope::detail
