#include "engine/model/detail/learnable_rotary.h"

#include <array>
#include <cmath>

namespace ropescope::detail {
namespace {

FactorRotary plainTables(const RopeGeometry& geometry, const FactorSet& set) {
    const std::array sets{&set};
    return {geometry, sets};
}

} // namespace

LearnableRotary::LearnableRotary(const RopeGeometry& geometry, const FactorSet& set)
    : m_plain(plainTables(geometry, set)), m_frequencies(inverseFrequencies(geometry, set)),
      m_attentionFactor(set.attentionFactor) {}

RotaryTables LearnableRotary::tables(std::int64_t first, std::int64_t count, at::ScalarType type, at::Device device) {
    RotaryTables leaves = m_plain.tables(first, count, at::kFloat, device);
    leaves.cosine.requires_grad_(true);
    leaves.sine.requires_grad_(true);
    m_handed.push_back({first, leaves.cosine, leaves.sine});
    const at::AutoGradMode recording(true);
    return {leaves.cosine.to(type), leaves.sine.to(type)};
}

LearnableRotary::Gradient LearnableRotary::gradient() const {
    Gradient sum;
    sum.byLogFactor.assign(m_frequencies.size(), 0.0);
    for (const Handed& handed : m_handed) {
        if (!handed.cosine.grad().defined())
            continue;
        const at::Tensor cosineGradient = handed.cosine.grad().cpu().contiguous();
        const at::Tensor sineGradient = handed.sine.grad().cpu().contiguous();
        const float* byCosine = cosineGradient.data_ptr<float>();
        const float* bySine = sineGradient.data_ptr<float>();
        for (std::int64_t row = 0; row < handed.cosine.size(1); ++row)
            for (std::size_t pair = 0; pair < m_frequencies.size(); ++pair, ++byCosine, ++bySine) {
                const double phase = static_cast<double>(handed.first + row) * static_cast<double>(m_frequencies[pair]);
                const double cosine = std::cos(phase);
                const double sine = std::sin(phase);
                sum.byLogFactor[pair] += m_attentionFactor * phase * (*byCosine * sine - *bySine * cosine);
                sum.byAttentionFactor += *byCosine * cosine + *bySine * sine;
            }
    }
    return sum;
}

} // namespace ropescope::detail
