#include "engine/model/detail/backward.h"

#include <algorithm>
#include <vector>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {

LossHead nllHead(const Network& network, const BlockMath& math, at::Tensor targets, std::vector<double> slotWeights,
                 std::stop_token stop) {
    return [&network, &math, targets = std::move(targets), slotWeights = std::move(slotWeights),
            stop = std::move(stop)](const at::Tensor& hidden, at::Tensor& gradient) {
        const std::int64_t rows = targets.size(1);
        const std::int64_t chunk = rowsPerChunk(network);
        const at::Tensor weights = at::tensor(slotWeights, at::kDouble).to(hidden.device(), at::kFloat);
        double loss = 0;
        for (std::int64_t sequence = 0; sequence < targets.size(0); ++sequence)
            for (std::int64_t first = 0; first < rows; first += chunk) {
                throwIfStopped(stop);
                const std::int64_t count = std::min(chunk, rows - first);
                const at::AutoGradMode recording(true);
                at::Tensor part = hidden[sequence].narrow(0, first, count).detach().requires_grad_(true);
                const at::Tensor scores = logits(network, part, math);
                const at::Tensor wanted = targets[sequence].narrow(0, first, count);
                const at::Tensor nll =
                    at::logsumexp(scores, 1).unsqueeze(1) - scores.gather(1, wanted.clamp_min(0)); // [count, slots]
                const at::Tensor sum = (nll * weights).masked_fill(wanted.lt(0), 0).sum();
                torch::autograd::backward({sum}, {});
                gradient[sequence].narrow(0, first, count).add_(part.grad());
                loss += sum.item<double>();
            }
        return loss;
    };
}

LossHead meanNllHead(const Network& network, const at::Tensor& ids, const std::stop_token& stop) {
    const std::int64_t predictions = ids.size(1) - 1;
    return nllHead(network, plainMath(), ids.narrow(1, 1, predictions).unsqueeze(2),
                   {1.0 / static_cast<double>(predictions * ids.size(0))}, stop);
}

BackwardPass backward(const Network& network, const at::Tensor& embedded, const ForwardPass& pass,
                      const LossHead& head) {
    std::vector<at::Tensor> inputs{embedded.detach()};
    {
        const at::NoGradGuard noGraph;
        pass.attention.begin(embedded.size(1));
        for (int index = 0; index < network.layers(); ++index) {
            throwIfStopped(pass.stop);
            inputs.push_back(network.layer(index, inputs.back(), pass));
        }
    }
    BackwardPass result;
    result.gradient = at::zeros_like(inputs.back());
    result.loss = head(inputs.back(), result.gradient);
    inputs.pop_back();
    for (int index = network.layers() - 1; index >= 0; --index) {
        throwIfStopped(pass.stop);
        const at::AutoGradMode recording(true);
        at::Tensor input = inputs.back().detach().requires_grad_(true);
        inputs.pop_back();
        const at::Tensor output = network.layer(index, input, pass);
        torch::autograd::backward({output}, {result.gradient});
        result.gradient = input.grad();
    }
    return result;
}

} // namespace ropescope::detail
