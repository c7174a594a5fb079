#include "engine/train/detail/learned_factors.h"

#include <cmath>
#include <span>

#include <nlohmann/json.hpp>

namespace ropescope::detail {
namespace {

at::Tensor logarithmsOf(const FactorSet& set) {
    std::vector<double> values;
    for (const double factor : set.factors)
        values.push_back(std::log(factor));
    values.push_back(std::log(set.attentionFactor));
    return at::tensor(values, at::kDouble);
}

OptimizerSettings withoutDecay(OptimizerSettings settings) {
    settings.weightDecay = 0;
    return settings;
}

std::vector<double> valuesOf(const at::Tensor& tensor) {
    return {tensor.data_ptr<double>(), tensor.data_ptr<double>() + tensor.numel()};
}

} // namespace

LearnedFactors::LearnedFactors(FactorSet start, const FactorLearning& learning, OptimizerSettings settings)
    : m_start(std::move(start)), m_rate(learning.learningRate), m_logarithms(logarithmsOf(m_start)),
      m_optimizer({{"factors", m_logarithms, false}}, withoutDecay(std::move(settings))) {}

FactorSet LearnedFactors::set() const {
    FactorSet set = m_start;
    const std::vector<double> values = valuesOf(m_logarithms);
    for (std::size_t pair = 0; pair < set.factors.size(); ++pair)
        set.factors[pair] = std::exp(values[pair]);
    set.attentionFactor = std::exp(values.back());
    set.origin = m_start.origin + ", trained";
    return set;
}

void LearnedFactors::addGradient(const LearnableRotary::Gradient& gradient) {
    std::vector<double> values = gradient.byLogFactor;
    values.push_back(gradient.byAttentionFactor * set().attentionFactor);
    at::Tensor& sum = m_logarithms.mutable_grad();
    if (!sum.defined())
        sum = at::zeros_like(m_logarithms);
    sum.add_(at::tensor(values, at::kDouble));
}

void LearnedFactors::step(double multiplier) {
    m_optimizer.step(m_rate * multiplier);
    m_optimizer.clearGradients();
}

nlohmann::json LearnedFactors::state() const {
    const AdamW::Moments& moments = m_optimizer.moments().front();
    return {{"logarithms", valuesOf(m_logarithms)},
            {"first_moment", valuesOf(moments.first)},
            {"second_moment", valuesOf(moments.second)},
            {"steps", m_optimizer.steps()}};
}

void LearnedFactors::restore(const nlohmann::json& state) {
    const AdamW::Moments& moments = m_optimizer.moments().front();
    const auto fill = [&](const char* key, const at::Tensor& into) {
        into.copy_(at::tensor(state.at(key).get<std::vector<double>>(), at::kDouble));
    };
    fill("logarithms", m_logarithms);
    fill("first_moment", moments.first);
    fill("second_moment", moments.second);
    m_optimizer.setSteps(state.at("steps").get<std::int64_t>());
}

} // namespace ropescope::detail
