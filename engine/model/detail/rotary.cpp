#include "engine/model/detail/rotary.h"

#include <cmath>

namespace ropescope::detail {

RotaryTables RotaryTables::positions(std::int64_t first, std::int64_t count) const {
    return {cosine.narrow(1, first, count), sine.narrow(1, first, count)};
}

RotaryTables rotaryTables(const RopeGeometry& geometry, std::span<const FactorSet* const> sets, std::int64_t first,
                          std::int64_t count, at::ScalarType type, at::Device device) {
    const std::int64_t pairs = geometry.pairs();
    const auto sequences = static_cast<std::int64_t>(sets.size());
    at::Tensor cosine = at::empty({sequences, count, 1, pairs}, at::kFloat);
    at::Tensor sine = at::empty_like(cosine);
    for (std::int64_t s = 0; s < sequences; ++s) {
        const FactorSet& set = *sets[static_cast<std::size_t>(s)];
        const std::vector<float> frequencies = inverseFrequencies(geometry, set);
        const auto scale = static_cast<float>(set.attentionFactor);
        float* const cosines = cosine.data_ptr<float>() + s * count * pairs;
        float* const sines = sine.data_ptr<float>() + s * count * pairs;
        at::parallel_for(0, count, 64, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t row = begin; row < end; ++row)
                for (std::int64_t pair = 0; pair < pairs; ++pair) {
                    const double phase = static_cast<double>(first + row) *
                                         static_cast<double>(frequencies[static_cast<std::size_t>(pair)]);
                    cosines[row * pairs + pair] = static_cast<float>(std::cos(phase)) * scale;
                    sines[row * pairs + pair] = static_cast<float>(std::sin(phase)) * scale;
                }
        });
    }
    return {cosine.to(device, type), sine.to(device, type)};
}

} // namespace ropescope::detail
