#include "engine/train/detail/context_objective.h"

#include <array>

#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

// Chunks of `chunk` tokens of every row, the last one padded where they don't divide.
ContextIds inChunksOf(const at::Tensor& ids, std::int64_t chunk) {
    const std::int64_t missing = (chunk - ids.size(1) % chunk) % chunk;
    const auto chunked = [&](const at::Tensor& rows) {
        return at::constant_pad_nd(rows, {0, missing}, 0).unflatten(1, {-1, chunk});
    };
    return {chunked(ids), missing == 0 ? at::Tensor() : chunked(at::ones(ids.sizes(), ids.options().dtype(at::kBool)))};
}

// What CEPE's stages have in common; they differ in what the encoder and the decoder read.
class ContextObjective : public TrainingObjective {
public:
    ContextObjective(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts, CepeLossWeights weights)
        : m_network(std::move(network)), m_parts(parts), m_weights(std::move(weights)) {}

    double addGradients(const StepSequences& step) final {
        const std::array sets{&m_parts.factors};
        FactorRotary rotary(m_parts.config.rope, sets);
        const CepeObjective objective(m_network, m_parts.math, rotary, m_parts.device.type, m_weights);
        const double share = 1.0 / static_cast<double>(step.passes());
        double loss = 0;
        for (std::int64_t first = 0; first < step.ids.size(0); first += step.perPass) {
            throwIfStopped(m_parts.stop);
            const at::Tensor ids = step.ids.narrow(0, first, step.perPass).to(m_parts.device.device);
            const auto starts =
                std::span(step.starts).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(step.perPass));
            loss += share * objective.addGradients(batch(ids, starts), share, m_parts.stop).total;
        }
        return loss;
    }

private:
    // Of ids [sequences, length] on the device, which lie at `starts` in the text.
    [[nodiscard]] virtual CepeBatch batch(const at::Tensor& ids, std::span<const WindowStart> starts) = 0;

    std::shared_ptr<CepeNetwork> m_network;
    ObjectiveParts m_parts;
    CepeLossWeights m_weights;
};

class DuplicatedInput final : public ContextObjective {
public:
    DuplicatedInput(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts, std::int64_t chunk)
        : ContextObjective(std::move(network), parts, {}), m_chunk(chunk) {}

private:
    CepeBatch batch(const at::Tensor& ids, std::span<const WindowStart>) override {
        return {ids, ids, inChunksOf(ids, m_chunk), {}};
    }

    std::int64_t m_chunk;
};

class LeadingContextObjective final : public ContextObjective {
public:
    LeadingContextObjective(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts, ContextShape shape)
        : ContextObjective(std::move(network), parts, {}), m_shape(shape) {}

private:
    CepeBatch batch(const at::Tensor& ids, std::span<const WindowStart>) override { return m_shape.split(ids); }

    ContextShape m_shape;
};

class DistilledContext final : public ContextObjective {
public:
    DistilledContext(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts, ContextShape shape,
                     CepeLossWeights weights, std::unique_ptr<Teacher> teacher)
        : ContextObjective(std::move(network), parts, std::move(weights)), m_shape(shape),
          m_teacher(std::move(teacher)) {}

private:
    CepeBatch batch(const at::Tensor& ids, std::span<const WindowStart> starts) override {
        CepeBatch made = m_shape.split(ids);
        made.teacher = m_teacher->targets(ids, starts);
        return made;
    }

    ContextShape m_shape;
    std::unique_ptr<Teacher> m_teacher;
};

} // namespace

CepeBatch ContextShape::split(const at::Tensor& ids) const {
    const at::Tensor rest = ids.narrow(1, context, ids.size(1) - context);
    return {rest, rest, inChunksOf(ids.narrow(1, 0, context), chunk), {}};
}

std::unique_ptr<TrainingObjective> duplicatedInput(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts,
                                                   std::int64_t chunk) {
    return std::make_unique<DuplicatedInput>(std::move(network), parts, chunk);
}

std::unique_ptr<TrainingObjective> leadingContext(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts,
                                                  ContextShape shape) {
    return std::make_unique<LeadingContextObjective>(std::move(network), parts, shape);
}

std::unique_ptr<TrainingObjective> distilledContext(std::shared_ptr<CepeNetwork> network, const ObjectiveParts& parts,
                                                    ContextShape shape, CepeLossWeights weights,
                                                    std::unique_ptr<Teacher> teacher) {
    return std::make_unique<DistilledContext>(std::move(network), parts, shape, std::move(weights), std::move(teacher));
}

} // namespace ropescope::detail
