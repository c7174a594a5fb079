#include "engine/train/detail/trained_weights.h"

namespace ropescope::detail {
namespace {

class Naming final : public ParameterVisitor {
public:
    explicit Naming(const std::function<at::Tensor(const Linear&)>& weightOf) : m_weightOf(weightOf) {}

    void linear(Linear& layer) override {
        for (const WeightPart& part : layer.parts) {
            add(part.name + ".weight", {part.rows, layer.weight.size(1)},
                [weightOf = m_weightOf, &layer, part] { return weightOf(layer).narrow(0, part.firstRow, part.rows); });
            if (layer.bias.defined())
                add(part.name + ".bias", {part.rows},
                    [&layer, part] { return layer.bias.narrow(0, part.firstRow, part.rows); });
        }
    }
    void rmsNorm(RmsNorm& norm) override { addVector(norm.name + ".weight", norm.weight); }
    void layerNorm(LayerNorm& norm) override {
        addVector(norm.name + ".weight", norm.weight);
        addVector(norm.name + ".bias", norm.bias);
    }

    std::vector<NamedTensor> tensors;

private:
    void addVector(const std::string& name, const at::Tensor& vector) {
        add(name, {vector.size(0)}, [vector] { return vector; });
    }
    void add(std::string name, std::vector<std::int64_t> shape, std::function<at::Tensor()> value) {
        tensors.push_back({std::move(name), std::move(shape), [value = std::move(value)] {
                               return value().detach().to(at::kCPU, at::kFloat).contiguous();
                           }});
    }

    const std::function<at::Tensor(const Linear&)>& m_weightOf;
};

class Collecting final : public ParameterVisitor {
public:
    explicit Collecting(const std::function<bool(const std::string&)>& chosen) : m_chosen(chosen) {}

    void linear(Linear& layer) override {
        add(layer.parts.front().name + ".weight", layer.weight, true);
        if (layer.bias.defined())
            add(layer.parts.front().name + ".bias", layer.bias, false);
    }
    void rmsNorm(RmsNorm& norm) override { add(norm.name + ".weight", norm.weight, false); }
    void layerNorm(LayerNorm& norm) override {
        add(norm.name + ".weight", norm.weight, false);
        add(norm.name + ".bias", norm.bias, false);
    }

    std::vector<TrainedTensor> tensors;

private:
    void add(std::string name, at::Tensor& value, bool matrix) {
        const bool trained = m_chosen(name);
        value.requires_grad_(trained);
        if (trained)
            tensors.push_back({std::move(name), value, matrix});
    }

    const std::function<bool(const std::string&)>& m_chosen;
};

class ChosenWeights final : public TrainedWeights {
public:
    ChosenWeights(Network& network, const std::function<bool(const std::string&)>& chosen) : m_network(network) {
        Collecting collecting(chosen);
        network.visit(collecting);
        m_trained = std::move(collecting.tensors);
    }
    [[nodiscard]] const std::vector<TrainedTensor>& trained() const override { return m_trained; }
    [[nodiscard]] const BlockMath& math() const override { return m_math; }
    [[nodiscard]] std::vector<NamedTensor> model() const override {
        return namedTensors(m_network, [](const Linear& layer) { return layer.weight; });
    }
    [[nodiscard]] bool modelHoldsTrained() const override { return true; }

private:
    Network& m_network;
    std::vector<TrainedTensor> m_trained;
    TrainingMath m_math;
};

} // namespace

at::Tensor TrainingMath::rmsNorm(const at::Tensor& x, const RmsNorm& norm) const {
    return plainMath().rmsNorm(x, norm);
}

at::Tensor TrainingMath::layerNorm(const at::Tensor& x, const LayerNorm& norm) const {
    return plainMath().layerNorm(x, norm);
}

at::Tensor TrainingMath::add(at::Tensor x, const at::Tensor& y) const {
    return plainMath().add(std::move(x), y);
}

at::Tensor TrainingMath::rotate(at::Tensor x, const RotaryTables& tables) const {
    return plainMath().rotate(std::move(x), tables);
}

at::Tensor TrainingMath::gatedSilu(const at::Tensor& gateUp) const {
    return plainMath().gatedSilu(gateUp);
}

at::Tensor TrainingMath::linear(const at::Tensor& x, const Linear& layer) const {
    const at::ScalarType type = x.scalar_type();
    return at::linear(x, layer.weight.to(type), layer.bias.defined() ? layer.bias.to(type) : at::Tensor());
}

at::Tensor TrainingMath::addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const {
    return std::move(residual) + linear(x, layer);
}

at::Tensor TrainingMath::byRows(at::Tensor x, const std::stop_token& stop,
                                const std::function<at::Tensor(at::Tensor)>& body) const {
    return plainMath().byRows(std::move(x), stop, body);
}

at::Tensor TrainingMath::tokenNll(const at::Tensor& logits, const at::Tensor& targets) const {
    return plainMath().tokenNll(logits, targets);
}

std::vector<NamedTensor> namedTensors(Network& network, const std::function<at::Tensor(const Linear&)>& weightOf) {
    Naming naming(weightOf);
    network.visit(naming);
    return std::move(naming.tensors);
}

std::unique_ptr<TrainedWeights> trainAll(Network& network) {
    return trainChosen(network, [](const std::string&) { return true; });
}

std::unique_ptr<TrainedWeights> trainChosen(Network& network, const std::function<bool(const std::string&)>& chosen) {
    return std::make_unique<ChosenWeights>(network, chosen);
}

} // namespace ropescope::detail
