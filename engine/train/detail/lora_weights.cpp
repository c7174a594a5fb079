#include "engine/train/detail/lora_weights.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/model/detail/failure.h"
#include "engine/train/random_numbers.h"

namespace ropescope::detail {
namespace {

// Last words of module names by target. Fused layers answer to each of their parts.
const std::map<std::string, std::vector<std::string>, std::less<>>& modulesByTarget() {
    static const std::map<std::string, std::vector<std::string>, std::less<>> modules{
        {"q", {"q_proj", "qkv_proj", "query_key_value"}}, {"k", {"k_proj", "qkv_proj", "query_key_value"}},
        {"v", {"v_proj", "qkv_proj", "query_key_value"}}, {"o", {"o_proj", "dense"}},
        {"gate", {"gate_proj", "gate_up_proj"}},          {"up", {"up_proj", "gate_up_proj", "dense_h_to_4h"}},
        {"down", {"down_proj", "dense_4h_to_h"}}};
    return modules;
}

std::set<std::string> modulesOf(const std::vector<std::string>& targets) {
    std::set<std::string> names;
    for (const std::string& target : targets) {
        const auto found = modulesByTarget().find(target);
        if (found == modulesByTarget().end())
            raise(usageError(fmt::format(
                "unknown target '{}' of low-rank training: expected q, k, v, o, gate, up or down", target)));
        names.insert(found->second.begin(), found->second.end());
    }
    return names;
}

struct Adapter {
    std::int64_t firstRow = 0, rows = 0; // of the stacked layer
    at::Tensor down;                     // A [rank, in]
    at::Tensor up;                       // B [rows, rank]
};

using AdaptersByLayer = std::map<const Linear*, std::vector<Adapter>>; // in the order of their rows

class AdaptedMath final : public TrainingMath {
public:
    AdaptedMath(const AdaptersByLayer& adapters, double scale) : m_adapters(adapters), m_scale(scale) {}

    [[nodiscard]] at::Tensor linear(const at::Tensor& x, const Linear& layer) const override {
        const at::Tensor plain = TrainingMath::linear(x, layer);
        const auto found = m_adapters.find(&layer);
        if (found == m_adapters.end())
            return plain;
        std::vector<at::Tensor> pieces; // side by side they are as wide as the layer
        std::int64_t row = 0;
        for (const Adapter& adapter : found->second) {
            if (adapter.firstRow > row)
                pieces.push_back(plain.narrow(-1, row, adapter.firstRow - row));
            const at::Tensor narrow = at::linear(x, adapter.down.to(x.scalar_type()));
            pieces.push_back(at::add(plain.narrow(-1, adapter.firstRow, adapter.rows),
                                     at::linear(narrow, adapter.up.to(x.scalar_type())), m_scale));
            row = adapter.firstRow + adapter.rows;
        }
        if (row < plain.size(-1))
            pieces.push_back(plain.narrow(-1, row, plain.size(-1) - row));
        return pieces.size() == 1 ? pieces.front() : at::cat(pieces, -1);
    }

private:
    const AdaptersByLayer& m_adapters;
    double m_scale;
};

class Adapting final : public ParameterVisitor {
public:
    Adapting(std::set<std::string> modules, std::int64_t rank, std::uint64_t seed)
        : m_modules(std::move(modules)), m_rank(rank), m_seed(seed) {}

    void linear(Linear& layer) override {
        for (const WeightPart& part : layer.parts)
            if (m_modules.contains(part.name.substr(part.name.rfind('.') + 1)))
                adapt(layer, part);
    }
    void rmsNorm(RmsNorm&) override {}
    void layerNorm(LayerNorm&) override {}

    AdaptersByLayer adapters;
    std::vector<TrainedTensor> trained;

private:
    void adapt(const Linear& layer, const WeightPart& part) {
        const auto floats = at::TensorOptions(at::kFloat);
        const std::string downName = part.name + ".lora_A.weight";
        at::Tensor down = at::empty({m_rank, layer.weight.size(1)}, floats);
        fillNormal({down.data_ptr<float>(), static_cast<std::size_t>(down.numel())},
                   1 / std::sqrt(static_cast<double>(m_rank)), seedOf(m_seed, downName));
        down = down.to(layer.weight.device()).requires_grad_(true);
        at::Tensor up = at::zeros({part.rows, m_rank}, floats.device(layer.weight.device())).requires_grad_(true);
        trained.push_back({downName, down, true});
        trained.push_back({part.name + ".lora_B.weight", up, true});
        adapters[&layer].push_back({part.firstRow, part.rows, down, up});
    }

    std::set<std::string> m_modules;
    std::int64_t m_rank;
    std::uint64_t m_seed;
};

class LoraWeights final : public TrainedWeights {
public:
    LoraWeights(Network& network, const LoraMethod& method, std::uint64_t seed)
        : m_network(network),
          m_scale(method.alpha.value_or(2 * static_cast<double>(method.rank)) / static_cast<double>(method.rank)),
          m_math(m_adapters, m_scale) {
        Adapting adapting(modulesOf(method.targets), method.rank, seed);
        network.visit(adapting);
        if (adapting.trained.empty())
            raise(usageError(fmt::format("no layer of this model is one of the targets {}; others of q, k, v, o, gate, "
                                         "up, down are",
                                         fmt::join(method.targets, ", "))));
        m_adapters = std::move(adapting.adapters);
        m_trained = std::move(adapting.trained);
    }

    [[nodiscard]] const std::vector<TrainedTensor>& trained() const override { return m_trained; }
    [[nodiscard]] const BlockMath& math() const override { return m_math; }
    [[nodiscard]] std::vector<NamedTensor> model() const override {
        return namedTensors(m_network, [this](const Linear& layer) { return merged(layer); });
    }
    [[nodiscard]] bool modelHoldsTrained() const override { return false; }

private:
    at::Tensor merged(const Linear& layer) const {
        const auto found = m_adapters.find(&layer);
        if (found == m_adapters.end())
            return layer.weight;
        const at::NoGradGuard noGraph;
        at::Tensor weight = layer.weight.to(at::kFloat, false, true);
        for (const Adapter& adapter : found->second)
            weight.narrow(0, adapter.firstRow, adapter.rows).add_(at::mm(adapter.up, adapter.down), m_scale);
        return weight;
    }

    Network& m_network;
    double m_scale;
    AdaptersByLayer m_adapters;
    AdaptedMath m_math;
    std::vector<TrainedTensor> m_trained;
};

} // namespace

std::int64_t adapterParameters(const std::vector<TensorShape>& tensors, const LoraMethod& method) {
    const std::set<std::string> modules = modulesOf(method.targets);
    std::int64_t numbers = 0;
    for (const TensorShape& tensor : tensors) {
        const std::string module = tensor.name.substr(0, tensor.name.rfind('.'));
        if (tensor.shape.size() == 2 && modules.contains(module.substr(module.rfind('.') + 1)))
            numbers += method.rank * (tensor.shape[0] + tensor.shape[1]);
    }
    return numbers;
}

std::unique_ptr<TrainedWeights> trainAdapters(Network& network, const LoraMethod& method, std::uint64_t seed) {
    return std::make_unique<LoraWeights>(network, method, seed);
}

} // namespace ropescope::detail
