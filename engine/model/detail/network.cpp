#include "engine/model/detail/network.h"

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
    switch (config.architecture) {
    case Architecture::llama:
    case Architecture::mistral:
    case Architecture::qwen2:
    case Architecture::qwen3:
        return std::make_unique<DecoderNetwork>(config, SeparateProjections(), loader);
    case Architecture::phi3:
        return std::make_unique<DecoderNetwork>(config, FusedProjections(), loader);
    case Architecture::gptNeox:
        return std::make_unique<NeoxNetwork>(config, loader);
    }
    raise(failure("this architecture has no network"));
}

} // namespace ropescope::detail
