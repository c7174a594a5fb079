#include "engine/train/detail/cepe_objective.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/model/detail/attention.h"
#include "engine/model/detail/backward.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {
namespace {

// Switches gradients on for what is trained and lists it; off for everything else.
class ParameterChooser final : public ParameterVisitor {
public:
    explicit ParameterChooser(bool encoder) : m_encoder(encoder) {}

    void linear(Linear& layer) override {
        const bool trained = isTrained(layer.parts.front().name);
        layer.weight.requires_grad_(trained);
        if (layer.bias.defined())
            layer.bias.requires_grad_(trained);
        if (!trained)
            return;
        for (const WeightPart& part : layer.parts) {
            parameters.push_back({part.name + ".weight", layer.weight, part.firstRow, part.rows});
            if (layer.bias.defined())
                parameters.push_back({part.name + ".bias", layer.bias, part.firstRow, part.rows});
        }
    }
    void rmsNorm(RmsNorm& norm) override {
        const bool trained = isTrained(norm.name);
        norm.weight.requires_grad_(trained);
        if (trained)
            parameters.push_back({norm.name + ".weight", norm.weight, 0, norm.weight.size(0)});
    }
    void layerNorm(LayerNorm&) override { raise(failure("CEPE's networks have no layer norms")); }

    std::vector<CepeParameter> parameters;

private:
    [[nodiscard]] bool isTrained(const std::string& name) const {
        return name.find(".cross_attn.") != std::string::npos || (m_encoder && name.starts_with("encoder."));
    }

    bool m_encoder;
};

class GradientFinder final : public ParameterVisitor {
public:
    void linear(Linear& layer) override { found = found || layer.weight.requires_grad(); }
    void rmsNorm(RmsNorm& norm) override { found = found || norm.weight.requires_grad(); }
    void layerNorm(LayerNorm&) override {}
    bool found = false;
};

// The loss at the end of the residual stream, in chunks of positions; gradients only where a place for them is given.
class LossAtHead {
public:
    LossAtHead(const Network& network, const BlockMath& math, const CepeBatch& batch, const CepeLossWeights& weights,
               double crossEntropyWeight, double share, std::stop_token stop)
        : m_network(network), m_math(math), m_batch(batch), m_weights(weights),
          m_crossEntropyWeight(crossEntropyWeight), m_share(share), m_stop(std::move(stop)) {
        m_labels = batch.labels.narrow(1, 1, batch.labels.size(1) - 1).ge(0).sum().item<std::int64_t>();
        if (m_labels == 0)
            raise(inputError("text", "labels", "at least one token to score in a batch", "none"));
        if (!batch.teacher)
            return;
        m_taught = batch.teacher->ids.size(1);
        if (m_taught < 1 || m_taught > batch.ids.size(1))
            raise(inputError("distillation", "positions", fmt::format("1 to {}", batch.ids.size(1)),
                             fmt::format("{}", m_taught)));
    }

    // [batch, positions, hidden]; `gradient` undefined: none wanted.
    CepeLoss operator()(const at::Tensor& hidden, const at::Tensor& gradient) const {
        CepeLoss loss;
        const std::int64_t positions = hidden.size(1), chunk = rowsPerChunk(m_network);
        for (std::int64_t sequence = 0; sequence < hidden.size(0); ++sequence)
            for (std::int64_t first = 0; first < positions; first += chunk) {
                throwIfStopped(m_stop);
                const std::int64_t count = std::min(chunk, positions - first);
                const at::AutoGradMode recording(gradient.defined());
                at::Tensor rows = hidden[sequence].narrow(0, first, count).detach();
                rows.requires_grad_(gradient.defined());
                const at::Tensor scores = logits(m_network, rows, m_math);
                const at::Tensor crossEntropy = crossEntropyOf(scores, sequence, first);
                const at::Tensor divergence = divergenceOf(scores, sequence, first);
                loss.crossEntropy += crossEntropy.item<double>();
                loss.divergence += divergence.item<double>();
                if (!gradient.defined())
                    continue;
                torch::autograd::backward({(crossEntropy * m_crossEntropyWeight + divergence) * m_share}, {});
                gradient[sequence].narrow(0, first, count).add_(rows.grad());
            }
        loss.total = m_crossEntropyWeight * loss.crossEntropy + loss.divergence;
        return loss;
    }

private:
    // This chunk's part of the mean: position t predicts label t + 1.
    [[nodiscard]] at::Tensor crossEntropyOf(const at::Tensor& scores, std::int64_t sequence, std::int64_t first) const {
        const std::int64_t count = std::min(scores.size(0), m_batch.labels.size(1) - 1 - first);
        if (count < 1)
            return scores.sum() * 0;
        const at::Tensor labels = m_batch.labels[sequence].narrow(0, first + 1, count);
        const at::Tensor rows = scores.narrow(0, 0, count);
        const at::Tensor nll = at::logsumexp(rows, 1) - rows.gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1);
        return nll.masked_fill(labels.lt(0), 0).sum() / static_cast<double>(m_labels);
    }

    // The teacher's positions are the sequence's last.
    [[nodiscard]] at::Tensor divergenceOf(const at::Tensor& scores, std::int64_t sequence, std::int64_t first) const {
        const std::int64_t positions = m_batch.ids.size(1), begin = std::max(first, positions - m_taught);
        const std::int64_t count = first + scores.size(0) - begin;
        if (!m_batch.teacher || count < 1)
            return at::zeros({}, scores.options());
        const std::int64_t taught = begin - (positions - m_taught);
        const at::Tensor sum = teacherDivergence(
            scores.narrow(0, begin - first, count), m_batch.teacher->probabilities[sequence].narrow(0, taught, count),
            m_batch.teacher->ids[sequence].narrow(0, taught, count), m_weights.mode);
        return sum * (m_weights.divergence / static_cast<double>(m_taught * m_batch.ids.size(0)));
    }

    const Network& m_network;
    const BlockMath& m_math;
    const CepeBatch& m_batch;
    const CepeLossWeights& m_weights;
    double m_crossEntropyWeight, m_share;
    std::stop_token m_stop;
    std::int64_t m_labels = 0, m_taught = 0;
};

} // namespace

std::vector<CepeParameter> trainContextReading(CepeNetwork& network, bool encoder) {
    ParameterChooser chooser(encoder);
    network.visit(chooser);
    return std::move(chooser.parameters);
}

at::Tensor teacherDivergence(const at::Tensor& logits, const at::Tensor& probabilities, const at::Tensor& ids,
                             const DivergenceMode& mode) {
    const at::Tensor top = at::softmax(logits, 1).gather(1, ids);
    at::Tensor student = at::cat({top, 1 - top.sum(1, true)}, 1);
    at::Tensor teacher = probabilities;
    if (const auto* smoothed = std::get_if<SmoothedDivergence>(&mode)) {
        const double whole = 1 + smoothed->amount * static_cast<double>(teacher.size(1));
        student = (student + smoothed->amount) / whole;
        teacher = (teacher + smoothed->amount) / whole;
    } else if (std::holds_alternative<DivergenceWithoutRest>(mode)) {
        student = top;
        teacher = teacher.narrow(1, 0, teacher.size(1) - 1);
    }
    return (at::xlogy(teacher, teacher) - teacher * student.log()).sum();
}

CepeObjective::CepeObjective(std::shared_ptr<CepeNetwork> network, const BlockMath& math, RotarySource& rotary,
                             at::ScalarType type, CepeLossWeights weights)
    : m_network(std::move(network)), m_math(math), m_rotary(rotary), m_type(type), m_weights(std::move(weights)) {}

bool CepeObjective::trainsEncoder() const {
    GradientFinder finder;
    m_network->visitEncoder(finder);
    return finder.found;
}

CepeLoss CepeObjective::addGradients(const CepeBatch& batch, double share, const std::stop_token& stop) const {
    std::optional<EncoderPass> encoding; // with a way back
    std::shared_ptr<const Network> network = m_network;
    if (batch.context) {
        const ContextEncoder& encoder = m_network->encoder();
        if (trainsEncoder())
            encoding.emplace(encoder, *batch.context, m_math, m_type, stop);
        network = std::make_shared<NetworkInContext>(
            m_network, encoding ? encoding->context() : encoder.encode(*batch.context, m_math, m_type, stop),
            ContextKeyMemory::recomputed, m_math);
    }
    const std::unique_ptr<Attention> attention =
        makeAttention(FullAttention{}, {m_rotary, network->layers(), m_type, batch.ids.device()});
    const LossAtHead head(*network, m_math, batch, m_weights, m_weights.crossEntropy, share, stop);
    CepeLoss loss;
    const at::Tensor embedded = network->embed(batch.ids).detach().to(m_type);
    (void)detail::backward(*network, embedded, {m_math, *attention, stop},
                           [&](const at::Tensor& hidden, at::Tensor& gradient) {
                               loss = head(hidden, gradient);
                               return loss.total;
                           });
    if (encoding)
        encoding->backward();
    return loss;
}

CepeLoss CepeObjective::evaluate(const CepeBatch& batch, const std::stop_token& stop) const {
    const at::NoGradGuard noGraph;
    std::shared_ptr<const Network> network = m_network;
    if (batch.context)
        network = std::make_shared<NetworkInContext>(m_network,
                                                     m_network->encoder().encode(*batch.context, m_math, m_type, stop),
                                                     ContextKeyMemory::recomputed, m_math);
    const std::unique_ptr<Attention> attention =
        makeAttention(FullAttention{}, {m_rotary, network->layers(), m_type, batch.ids.device()});
    const at::Tensor hidden = runLayers(*network, network->embed(batch.ids).to(m_type), {m_math, *attention, stop});
    return LossAtHead(*network, m_math, batch, m_weights, 1, 1, stop)(hidden, {});
}

} // namespace ropescope::detail
