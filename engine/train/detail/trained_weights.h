// Which of a network's weights are trained, and how the whole model looks to the outside meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/detail/torch.h"
#include "engine/model/detail/network.h"

namespace ropescope::detail {

// A float32 leaf that collects gradients.
struct TrainedTensor {
    std::string name; // unique; of the first of its stacked parts
    at::Tensor value;
    bool matrix = true; // false: norms and biases
};

// A tensor under its Hugging Face name; `value` gives it as float32, contiguous, on the CPU.
struct NamedTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::function<at::Tensor()> value;
};

// Sibling types: weights themselves, or low-rank adapters. The network must outlive it.
class TrainedWeights {
public:
    virtual ~TrainedWeights() = default;
    [[nodiscard]] virtual const std::vector<TrainedTensor>& trained() const = 0;
    // Arithmetic under which the network computes with the trained weights; differentiable.
    [[nodiscard]] virtual const BlockMath& math() const = 0;
    // All weights of the model as it is now, adapters merged.
    [[nodiscard]] virtual std::vector<NamedTensor> model() const = 0;
    // Whether model() alone is enough to go on training; if not, the trained tensors must be kept as well.
    [[nodiscard]] virtual bool modelHoldsTrained() const = 0;
};

// All parameters of a float32 network, which computes in the type of the activations it is given.
[[nodiscard]] std::unique_ptr<TrainedWeights> trainAll(Network& network);
// Those whose name, of the first of the stacked parts, `chosen` is true for; all others are frozen.
[[nodiscard]] std::unique_ptr<TrainedWeights> trainChosen(Network& network,
                                                          const std::function<bool(const std::string&)>& chosen);

// Products in the type of the activations, whatever type the weights have. Shared by the siblings.
class TrainingMath : public BlockMath {
public:
    [[nodiscard]] at::Tensor rmsNorm(const at::Tensor& x, const RmsNorm& norm) const override;
    [[nodiscard]] at::Tensor layerNorm(const at::Tensor& x, const LayerNorm& norm) const override;
    [[nodiscard]] at::Tensor add(at::Tensor x, const at::Tensor& y) const override;
    [[nodiscard]] at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const override;
    [[nodiscard]] at::Tensor gatedSilu(const at::Tensor& gateUp) const override;
    [[nodiscard]] at::Tensor linear(const at::Tensor& x, const Linear& layer) const override;
    [[nodiscard]] at::Tensor addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const override;
    [[nodiscard]] at::Tensor byRows(at::Tensor x, const std::stop_token& stop,
                                    const std::function<at::Tensor(at::Tensor)>& body) const override;
    [[nodiscard]] at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const override;
};

// Every tensor of a network under its Hugging Face name; `weightOf` gives the weight that a linear layer stands for.
[[nodiscard]] std::vector<NamedTensor> namedTensors(Network& network,
                                                    const std::function<at::Tensor(const Linear&)>& weightOf);

} // namespace ropescope::detail
