#include <array>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/learnable_rotary.h"
#include "engine/train/detail/batch_gradient.h"
#include "engine/train/detail/training_objective.h"

namespace ropescope::detail {
namespace {

class NextTokens final : public TrainingObjective {
public:
    NextTokens(const Network& network, const ObjectiveParts& parts, LearnedFactors* learned)
        : m_network(network), m_parts(parts), m_learned(learned) {}

    double addGradients(const StepSequences& step) override {
        const std::vector<double> weights = slotWeights(patchTargets(step.ids, step.patch));
        double loss = 0;
        for (std::int64_t pass = 0; pass < step.passes(); ++pass) {
            throwIfStopped(m_parts.stop);
            const at::Tensor part = step.ids.narrow(0, pass * step.perPass, step.perPass).to(m_parts.device.device);
            loss += passGradients({part, part, step.patch, weights, &m_parts.config});
        }
        return loss;
    }

private:
    double passGradients(const BatchOfSequences& batch) {
        const auto add = [&](RotarySource& rotary) {
            return detail::addGradients(m_network, m_parts.math, rotary, batch, m_parts.device.type, m_parts.stop);
        };
        if (!m_learned) {
            const std::array sets{&m_parts.factors};
            FactorRotary rotary(m_parts.config.rope, sets);
            return add(rotary);
        }
        LearnableRotary rotary(m_parts.config.rope, m_learned->set());
        const double loss = add(rotary);
        m_learned->addGradient(rotary.gradient());
        return loss;
    }

    const Network& m_network;
    ObjectiveParts m_parts;
    LearnedFactors* m_learned;
};

} // namespace

std::unique_ptr<TrainingObjective> nextTokens(const Network& network, const ObjectiveParts& parts,
                                              LearnedFactors* learned) {
    return std::make_unique<NextTokens>(network, parts, learned);
}

} // namespace ropescope::detail
