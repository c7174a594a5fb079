#include "engine/train/detail/cepe_objective.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/model/detail/attention.h"
#include "engine/model/detail/backward.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {
namespace {

class GradientFinder final : public ParameterVisitor {
public:
    void linear(Linear& layer) override { found = found || layer.weight.requires_grad(); }
    void rmsNorm(RmsNorm& norm) override { found = found || norm.weight.requires_grad(); }
    void layerNorm(LayerNorm&) override {}
    bool found = false;
};

// The loss at the end of the residual stream and its gradient, in chunks of positions.
class LossAtHead {
public:
    LossAtHead(const Network& network, const BlockMath& math, const CepeBatch& batch, const CepeLossWeights& weights,
               double share, std::stop_token stop)
        : m_network(network), m_math(math), m_batch(batch), m_weights(weights), m_share(share),
          m_stop(std::move(stop)) {
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

    // Both [batch, positions, hidden].
    CepeLoss operator()(const at::Tensor& hidden, const at::Tensor& gradient) const {
        CepeLoss loss;
        const std::int64_t positions = hidden.size(1), chunk = rowsPerChunk(m_network);
        for (std::int64_t sequence = 0; sequence < hidden.size(0); ++sequence)
            for (std::int64_t first = 0; first < positions; first += chunk) {
                throwIfStopped(m_stop);
                const std::int64_t count = std::min(chunk, positions - first);
                const at::AutoGradMode recording(true);
                const at::Tensor rows = hidden[sequence].narrow(0, first, count).detach().requires_grad_(true);
                const at::Tensor scores = logits(m_network, rows, m_math);
                const at::Tensor crossEntropy = crossEntropyOf(scores, sequence, first);
                const at::Tensor divergence = divergenceOf(scores, sequence, first);
                loss.crossEntropy += crossEntropy.item<double>();
                loss.divergence += divergence.item<double>();
                torch::autograd::backward({(crossEntropy * m_weights.crossEntropy + divergence) * m_share}, {});
                gradient[sequence].narrow(0, first, count).add_(rows.grad());
            }
        loss.total = m_weights.crossEntropy * loss.crossEntropy + loss.divergence;
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
    double m_share;
    std::stop_token m_stop;
    std::int64_t m_labels = 0, m_taught = 0;
};

} // namespace

bool readsContext(const std::string& name, bool encoder) {
    return name.find(".cross_attn.") != std::string::npos || (encoder && name.starts_with("encoder."));
}

at::Tensor teacherDivergence(const at::Tensor& logits, const at::Tensor& probabilities, const at::Tensor& ids,
                             const DivergenceMode& mode) {
    const at::Tensor logTop = at::log_softmax(logits, 1).gather(1, ids);
    if (std::holds_alternative<DivergenceWithoutRest>(mode)) {
        const at::Tensor teacher = probabilities.narrow(1, 0, ids.size(1));
        return (at::xlogy(teacher, teacher) - teacher * logTop).sum();
    }
    const at::Tensor top = logTop.exp();
    at::Tensor student = at::cat({top, 1 - top.sum(1, true)}, 1);
    at::Tensor teacher = probabilities;
    if (const auto* smoothed = std::get_if<SmoothedDivergence>(&mode)) {
        const double whole = 1 + smoothed->amount * static_cast<double>(teacher.size(1));
        student = (student + smoothed->amount) / whole;
        teacher = (teacher + smoothed->amount) / whole;
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
    const LossAtHead head(*network, m_math, batch, m_weights, share, stop);
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

} // namespace ropescope::detail
