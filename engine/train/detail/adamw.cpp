#include "engine/train/detail/adamw.h"

#include <cmath>

namespace ropescope::detail {

AdamW::AdamW(std::vector<TrainedTensor> tensors, const OptimizerSettings& settings)
    : m_tensors(std::move(tensors)), m_settings(settings) {
    const at::NoGradGuard noGraph;
    for (const TrainedTensor& tensor : m_tensors)
        m_moments.push_back({at::zeros_like(tensor.value), at::zeros_like(tensor.value)});
}

void AdamW::step(double rate) {
    const at::NoGradGuard noGraph;
    ++m_steps;
    const auto t = static_cast<double>(m_steps);
    const double stepSize = rate / (1 - std::pow(m_settings.beta1, t));
    const double secondCorrection = std::sqrt(1 - std::pow(m_settings.beta2, t));
    for (std::size_t index = 0; index < m_tensors.size(); ++index) {
        at::Tensor& value = m_tensors[index].value;
        const at::Tensor& gradient = value.grad();
        if (!gradient.defined())
            continue;
        auto& [first, second] = m_moments[index];
        if (m_settings.weightDecay > 0 && (m_tensors[index].matrix || m_settings.decay == DecayGroup::all))
            value.mul_(1 - rate * m_settings.weightDecay);
        first.lerp_(gradient, 1 - m_settings.beta1);
        second.mul_(m_settings.beta2).addcmul_(gradient, gradient, 1 - m_settings.beta2);
        value.addcdiv_(first, second.sqrt().div_(secondCorrection).add_(m_settings.epsilon), -stepSize);
    }
}

void AdamW::clearGradients() {
    for (TrainedTensor& tensor : m_tensors)
        tensor.value.mutable_grad() = at::Tensor();
}

void AdamW::reset() {
    m_steps = 0;
    for (auto& [first, second] : m_moments) {
        first.zero_();
        second.zero_();
    }
}

double clipGradients(const std::vector<TrainedTensor>& tensors, double clip) {
    const at::NoGradGuard noGraph;
    double squares = 0;
    for (const TrainedTensor& tensor : tensors)
        if (tensor.value.grad().defined()) {
            const double norm = tensor.value.grad().norm().item<double>();
            squares += norm * norm;
        }
    const double norm = std::sqrt(squares);
    const double share = clip / (norm + 1e-6);
    if (clip > 0 && share < 1)
        for (const TrainedTensor& tensor : tensors)
            if (tensor.value.grad().defined())
                tensor.value.mutable_grad().mul_(share);
    return norm;
}

} // namespace ropescope::detail
