#include "engine/model/language_model.h"

#include "engine/model/checkpoint.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/torch_language_model.h"
#include "engine/model/detail/weight_loader.h"

namespace ropescope {

Outcome<std::shared_ptr<LanguageModel>> loadLanguageModel(const std::filesystem::path& path,
                                                          const DeviceOptions& options, const RunControl& control) {
    using Model = std::shared_ptr<LanguageModel>;
    return detail::guarded<Model>("choose --dtype bf16, a smaller model or a machine with more memory", [&]() -> Model {
        Result<ModelConfig> config = readModelConfig(path);
        if (!config)
            detail::raise(config.error());
        Result<detail::ComputeDevice> device = detail::resolveDevice(options, config->hidden);
        if (!device)
            detail::raise(device.error());
        Result<std::shared_ptr<const Checkpoint>> checkpoint = openCheckpoint(path);
        if (!checkpoint)
            detail::raise(checkpoint.error());
        const at::NoGradGuard noGradients;
        detail::WeightLoader loader(std::move(*checkpoint), device->type, device->device, control);
        std::unique_ptr<detail::Network> network = detail::buildNetwork(*config, loader);
        return std::make_shared<detail::TorchLanguageModel>(std::move(*config), std::move(*device), std::move(network),
                                                            loader.parametersRead());
    });
}

} // namespace ropescope
