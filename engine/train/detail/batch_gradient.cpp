#include "engine/train/detail/batch_gradient.h"

#include <fmt/format.h>

#include "engine/model/detail/attention.h"
#include "engine/model/detail/failure.h"

namespace ropescope::detail {

at::Tensor patchEmbeddings(const at::Tensor& embedded, std::int64_t patch) {
    return patch == 1 ? embedded : embedded.unflatten(1, {-1, patch}).mean(2);
}

at::Tensor patchTargets(const at::Tensor& labels, std::int64_t patch) {
    return labels.narrow(1, patch, labels.size(1) - patch).unflatten(1, {-1, patch});
}

std::vector<double> slotWeights(const at::Tensor& targets) {
    const std::int64_t slots = targets.size(-1);
    const at::Tensor counts = targets.ge(0).flatten(0, -2).sum(0).cpu();
    std::vector<double> weights;
    for (std::int64_t slot = 0; slot < slots; ++slot) {
        const auto count = counts[slot].item<std::int64_t>();
        if (count == 0)
            raise(inputError("text", fmt::format("slot {} of the patches", slot), "at least one label",
                             "none: choose another patch size or label more tokens"));
        weights.push_back(1.0 / (static_cast<double>(count) * static_cast<double>(slots)));
    }
    return weights;
}

double backwardToEmbedding(const Network& network, const at::Tensor& embedded, const ForwardPass& pass,
                           const LossHead& head) {
    const BackwardPass done = backward(network, embedded, pass, head);
    if (embedded.requires_grad())
        torch::autograd::backward({embedded}, {done.gradient});
    return done.loss;
}

double addGradients(const Network& network, const BlockMath& math, RotarySource& rotary, const BatchOfSequences& batch,
                    at::ScalarType type, const std::stop_token& stop) {
    at::Tensor embedded;
    {
        const at::AutoGradMode recording(true);
        embedded = patchEmbeddings(network.embed(batch.ids), batch.patch).to(type);
    }
    const std::unique_ptr<Attention> attention =
        makeAttention(FullAttention{}, {rotary, network.layers(), type, batch.ids.device(), batch.model});
    return backwardToEmbedding(
        network, embedded, {math, *attention, stop},
        nllHead(network, math, patchTargets(batch.labels, batch.patch), batch.slotWeights, stop));
}

} // namespace ropescope::detail
