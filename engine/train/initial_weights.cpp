#include "engine/train/initial_weights.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include "engine/model/required_tensors.h"
#include "engine/model/safetensors_writer.h"
#include "engine/train/random_numbers.h"

namespace ropescope {
namespace {

bool isNormWeight(const TensorShape& tensor) {
    return tensor.shape.size() == 1 && tensor.name.ends_with(".weight");
}

} // namespace

Outcome<std::vector<std::filesystem::path>> writeInitialWeights(const std::filesystem::path& folder,
                                                                const ModelConfig& config, double deviation,
                                                                std::uint64_t seed, const RunControl& control) {
    const std::vector<TensorShape> shapes = requiredTensors(config);
    std::vector<TensorToWrite> tensors;
    for (const TensorShape& shape : shapes)
        tensors.push_back({shape.name, shape.shape, StoredType::f32});
    std::vector<float> values;
    const TensorSource source = [&](std::size_t index) -> Result<std::span<const std::byte>> {
        const TensorShape& tensor = shapes[index];
        const std::int64_t elements =
            std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>());
        values.assign(static_cast<std::size_t>(elements), isNormWeight(tensor) ? 1.0F : 0.0F);
        if (tensor.shape.size() > 1)
            fillNormal(values, deviation, seedOf(seed, tensor.name));
        return std::as_bytes(std::span<const float>(values));
    };
    return writeSafetensorsFolder(folder, tensors, source, usualShardBytes, control);
}

} // namespace ropescope
