// The sources of a ModelConfig; readModelConfig chooses and checks the result.
#pragma once

#include "engine/model/model_config.h"

namespace ropescope {

[[nodiscard]] Result<ModelConfig> readJsonConfig(const std::filesystem::path& file);
[[nodiscard]] Result<ModelConfig> readGgufConfig(const std::filesystem::path& file);

// configuredFactors for a configuration that nobody has checked yet.
[[nodiscard]] Result<FactorSet> factorsAt(const ModelConfig& config, std::int64_t length);

// Largest counts accepted: far above any model, small enough that products of three fit an int64.
inline constexpr std::int64_t mostLayers = 4096, mostHeads = 65'536, widestHead = 65'536, widestLayer = 1 << 20,
                              largestVocabulary = 1 << 28, longestContext = std::int64_t{1} << 40;

} // namespace ropescope
