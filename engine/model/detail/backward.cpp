#include "engine/model/detail/backward.h"

#include <algorithm>
#include <vector>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {

LossHead meanNllHead(const Network& network, const at::Tensor& ids, double weight, const std::stop_token& stop) {
    return [&network, ids, weight, stop](const at::Tensor& hidden, at::Tensor& gradient) {
        const std::int64_t predictions = ids.size(1) - 1;
        const double share = weight / static_cast<double>(predictions * ids.size(0));
        const std::int64_t chunk = rowsPerChunk(network);
        double loss = 0;
        for (std::int64_t sequence = 0; sequence < ids.size(0); ++sequence)
            for (std::int64_t first = 0; first < predictions; first += chunk) {
                throwIfStopped(stop);
                const std::int64_t count = std::min(chunk, predictions - first);
                const at::AutoGradMode recording(true);
                at::Tensor rows = hidden[sequence].narrow(0, first, count).detach().requires_grad_(true);
                const at::Tensor scores = logits(network, rows, plainMath());
                const at::Tensor targets = ids[sequence].narrow(0, first + 1, count).unsqueeze(1);
                const at::Tensor nll = (at::logsumexp(scores, 1) - scores.gather(1, targets).squeeze(1)).sum() * share;
                torch::autograd::backward({nll}, {});
                gradient[sequence].narrow(0, first, count).add_(rows.grad());
                loss += nll.item<double>();
            }
        return loss;
    };
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
