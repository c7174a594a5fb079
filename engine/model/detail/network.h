// A transformer's weights and layout, one sibling type per architecture family. Networks hold no state of a
// sequence: positions, factors and caches belong to the Attention they are given.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/detail/torch.h"
#include "engine/model/detail/attention.h"
#include "engine/model/detail/block_math.h"
#include "engine/model/detail/layers.h"
#include "engine/model/model_config.h"

namespace ropescope::detail {

// What one forward pass carries through the layers.
struct ForwardPass {
    const BlockMath& math;
    Attention& attention;
    std::stop_token stop;
};

// Called with every weight tensor: a Linear's parts name its rows, a norm's name is its own.
class ParameterVisitor {
public:
    virtual ~ParameterVisitor() = default;
    virtual void linear(Linear& layer) = 0;
    virtual void rmsNorm(RmsNorm& norm) = 0;
    virtual void layerNorm(LayerNorm& norm) = 0;
};

class Network {
public:
    virtual ~Network() = default;

    [[nodiscard]] virtual int layers() const = 0;
    // [batch, positions] ids (int64) to [batch, positions, hidden]; a tensor of its own.
    [[nodiscard]] virtual at::Tensor embed(const at::Tensor& ids) const = 0;
    // One transformer layer over the residual stream [batch, positions, hidden].
    [[nodiscard]] virtual at::Tensor layer(int index, at::Tensor hidden, const ForwardPass& pass) const = 0;
    [[nodiscard]] virtual at::Tensor finalNorm(const at::Tensor& hidden, const BlockMath& math) const = 0;
    // The vocabulary head: [vocabulary, hidden]; the embedding itself where they are tied.
    [[nodiscard]] virtual const Linear& head() const = 0;
    // Visits every parameter once (a tied head is the embedding, visited once).
    virtual void visit(ParameterVisitor& visitor) = 0;
};

// All layers in turn, a stop request noticed between them.
[[nodiscard]] at::Tensor runLayers(const Network& network, at::Tensor hidden, const ForwardPass& pass);

class WeightLoader;
// The network of a configuration's architecture with its weights from `loader`; raises on a checkpoint that
// doesn't fit it.
[[nodiscard]] std::unique_ptr<Network> buildNetwork(const ModelConfig& config, WeightLoader& loader);

} // namespace ropescope::detail
