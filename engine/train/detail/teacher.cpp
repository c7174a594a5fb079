#include "engine/train/detail/teacher.h"

#include <algorithm>
#include <array>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {

Teacher::Teacher(TeachingNetwork network, std::int64_t context, std::int64_t top, TeacherStore store,
                 const ComputeDevice& device, std::stop_token stop)
    : m_network(std::move(network)), m_context(context), m_top(top), m_store(std::move(store)), m_device(device),
      m_stop(std::move(stop)) {}

TaughtWindow Teacher::answer(const at::Tensor& ids) const {
    const at::NoGradGuard noGraph;
    const Network& network = *m_network.network;
    const std::array sets{static_cast<const FactorSet*>(&m_network.factors)};
    FactorRotary rotary(m_network.rope, sets);
    const std::unique_ptr<Attention> attention =
        makeAttention(FullAttention{}, {rotary, network.layers(), m_device.type, ids.device()});
    const at::Tensor hidden =
        runLayers(network, network.embed(ids).to(m_device.type), {m_network.math, *attention, m_stop})[0];
    std::vector<at::Tensor> probabilities, tokens;
    for (std::int64_t first = m_context; first < hidden.size(0);) {
        throwIfStopped(m_stop);
        const std::int64_t count = std::min(rowsPerChunk(network), hidden.size(0) - first);
        const at::Tensor all = at::softmax(logits(network, hidden.narrow(0, first, count), m_network.math), 1);
        const auto [top, places] = all.topk(m_top, 1);
        probabilities.push_back(at::cat({top, (1 - top.sum(1, true)).clamp_min(0)}, 1).to(at::kCPU, at::kHalf));
        tokens.push_back(places.to(at::kCPU, at::kInt));
        first += count;
    }
    return {at::cat(probabilities).contiguous(), at::cat(tokens).contiguous()};
}

TeacherTargets Teacher::targets(const at::Tensor& ids, std::span<const WindowStart> starts) {
    std::vector<at::Tensor> probabilities, tokens;
    for (std::size_t index = 0; index < starts.size(); ++index) {
        std::optional<TaughtWindow> window = m_store.find(starts[index]);
        if (!window) {
            window = answer(ids.narrow(0, static_cast<std::int64_t>(index), 1));
            m_store.add(starts[index], *window);
        }
        probabilities.push_back(window->probabilities);
        tokens.push_back(window->ids);
    }
    return {at::stack(probabilities).to(ids.device(), at::kFloat), at::stack(tokens).to(ids.device(), at::kLong)};
}

} // namespace ropescope::detail
