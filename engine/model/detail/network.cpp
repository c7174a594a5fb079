#include "engine/model/detail/network.h"

#include "engine/model/detail/cepe_network.h"
#include "engine/model/detail/decoder_network.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/neox_network.h"

namespace ropescope::detail {

at::Tensor runLayers(const Network& network, at::Tensor hidden, const ForwardPass& pass) {
    pass.attention.begin(hidden.size(1));
    for (int index = 0; index < network.layers(); ++index) {
        throwIfStopped(pass.stop);
        hidden = network.layer(index, std::move(hidden), pass);
    }
    return hidden;
}

std::unique_ptr<Network> buildNetwork(const ModelConfig& config, WeightLoader& loader) {
    if (config.crossAttention)
        return std::make_unique<CepeNetwork>(config, bindingOf(config.architecture), loader);
    if (config.architecture == Architecture::gptNeox)
        return std::make_unique<NeoxNetwork>(config, loader);
    return std::make_unique<DecoderNetwork>(config, bindingOf(config.architecture), loader);
}

} // namespace ropescope::detail
