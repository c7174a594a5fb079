#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/train/detail/batch_gradient.h"
#include "engine/train/detail/training_objective.h"
#include "engine/train/random_numbers.h"

namespace ropescope::detail {
namespace {

class MixedWindows final : public TrainingObjective {
public:
    MixedWindows(const Network& network, const ObjectiveParts& parts, FactorSet shortFactors, std::int64_t shortLength,
                 double share, std::uint64_t seed)
        : m_network(network), m_parts(parts), m_shortFactors(std::move(shortFactors)), m_shortLength(shortLength),
          m_share(share), m_seed(seed) {}

    double addGradients(const StepSequences& step) override {
        std::vector<at::Tensor> passes;
        std::int64_t predictions = 0;
        for (std::int64_t pass = 0; pass < step.passes(); ++pass) {
            at::Tensor ids = step.ids.narrow(0, pass * step.perPass, step.perPass);
            if (isShort(step.step, pass)) {
                const std::int64_t pieces = ids.size(1) / m_shortLength;
                ids = ids.narrow(1, 0, pieces * m_shortLength).reshape({-1, m_shortLength});
            }
            predictions += ids.size(0) * (ids.size(1) - 1);
            passes.push_back(std::move(ids));
        }
        double loss = 0;
        for (const at::Tensor& ids : passes) {
            throwIfStopped(m_parts.stop);
            const std::array<const FactorSet*, 1> sets{ids.size(1) == m_shortLength ? &m_shortFactors
                                                                                    : &m_parts.factors};
            FactorRotary rotary(m_parts.config.rope, sets);
            const at::Tensor part = ids.to(m_parts.device.device);
            loss += detail::addGradients(m_network, m_parts.math, rotary,
                                         {part, part, 1, {1.0 / static_cast<double>(predictions)}, &m_parts.config},
                                         m_parts.device.type, m_parts.stop);
        }
        return loss;
    }

private:
    // By the run's seed and the pass's number alone, so that a resumed run draws the same.
    [[nodiscard]] bool isShort(std::int64_t step, std::int64_t pass) const {
        const std::uint64_t drawn = seedOf(m_seed, fmt::format("window of step {}, pass {}", step, pass));
        return static_cast<double>(drawn >> 11) * 0x1p-53 < m_share;
    }

    const Network& m_network;
    ObjectiveParts m_parts;
    FactorSet m_shortFactors;
    std::int64_t m_shortLength;
    double m_share;
    std::uint64_t m_seed;
};

} // namespace

std::unique_ptr<TrainingObjective> mixedWindows(const Network& network, const ObjectiveParts& parts,
                                                FactorSet shortFactors, std::int64_t shortLength, double share,
                                                std::uint64_t seed) {
    return std::make_unique<MixedWindows>(network, parts, std::move(shortFactors), shortLength, share, seed);
}

} // namespace ropescope::detail
