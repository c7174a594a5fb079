#include <array>

#include <fmt/format.h>

#include "engine/model/detail/context_encoder.h"
#include "engine/model/detail/failure.h"
#include "engine/probe/random.h"
#include "engine/train/detail/batch_gradient.h"
#include "engine/train/detail/training_objective.h"

namespace ropescope::detail {
namespace {

class MaskedTokens final : public TrainingObjective {
public:
    MaskedTokens(const Network& network, const ObjectiveParts& parts, double share, std::uint64_t seed)
        : m_network(network), m_parts(parts), m_share(share), m_seed(seed) {}

    double addGradients(const StepSequences& step) override {
        requireNoMask(step);
        const at::Tensor masked = maskedPlaces(step);
        const at::Tensor read = step.ids.masked_fill(masked, maskId());
        const at::Tensor targets = step.ids.masked_fill(masked.logical_not(), noTarget).unsqueeze(2);
        const std::vector<double> weights{1.0 / static_cast<double>(masked.sum().item<std::int64_t>())};
        double loss = 0;
        for (std::int64_t first = 0; first < read.size(0); first += step.perPass)
            loss += passGradients(read.narrow(0, first, step.perPass).to(m_parts.device.device),
                                  targets.narrow(0, first, step.perPass).to(m_parts.device.device), weights);
        return loss;
    }

private:
    [[nodiscard]] std::int64_t maskId() const { return m_parts.config.vocabulary - 1; }

    void requireNoMask(const StepSequences& step) const {
        if (step.ids.max().item<std::int64_t>() == maskId())
            raise(inputError(
                "text", fmt::format("sequences of step {}", step.step + 1),
                fmt::format("ids from 0 to {}: the encoder's last id, {}, is [MASK]", maskId() - 1, maskId()),
                fmt::format("{}: give the encoder's configuration one id more than the tokenizer has", maskId())));
    }

    // [sequences, length] bool, each place true with the chance m_share; a step's own, whatever came before it.
    [[nodiscard]] at::Tensor maskedPlaces(const StepSequences& step) const {
        SplitMix64 random(SplitMix64(m_seed).next() + static_cast<std::uint64_t>(step.step));
        const auto limit = static_cast<std::uint64_t>(m_share * 0x1p64);
        const at::Tensor places = at::zeros(step.ids.sizes(), at::kBool);
        bool* const place = places.data_ptr<bool>();
        bool any = false;
        for (std::int64_t index = 0; index < places.numel(); ++index) {
            place[index] = random.next() < limit;
            any = any || place[index];
        }
        if (!any) // a step with nothing to predict would teach nothing
            place[random.between(0, places.numel() - 1)] = true;
        return places;
    }

    [[nodiscard]] double passGradients(const at::Tensor& ids, const at::Tensor& targets,
                                       const std::vector<double>& weights) const {
        throwIfStopped(m_parts.stop);
        const at::ScalarType type = m_parts.device.type;
        at::Tensor embedded;
        {
            const at::AutoGradMode recording(true);
            embedded = m_network.embed(ids).to(type);
        }
        const std::array sets{&m_parts.factors};
        const auto attention = attentionInBothDirections(
            FactorRotary(m_parts.config.rope, sets).tables(0, ids.size(1), type, ids.device()), {});
        return backwardToEmbedding(m_network, embedded, {m_parts.math, *attention, m_parts.stop},
                                   nllHead(m_network, m_parts.math, targets, weights, m_parts.stop));
    }

    const Network& m_network;
    ObjectiveParts m_parts;
    double m_share;
    std::uint64_t m_seed;
};

} // namespace

std::unique_ptr<TrainingObjective> maskedTokens(const Network& network, const ObjectiveParts& parts, double share,
                                                std::uint64_t seed) {
    return std::make_unique<MaskedTokens>(network, parts, share, seed);
}

} // namespace ropescope::detail
