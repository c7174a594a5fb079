// The files of a model folder beside the weights: config.json with the factors in it, and the tokenizer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/factor_file/factor_document.h"
#include "engine/model/model_config.h"
#include "engine/model/stored_type.h"

namespace ropescope {

// The text of config.json for weights of `type` that were trained at `length`. `source` is a config.json, or
// the folder of one, of which every other key is kept, or a .gguf file, whose configuration is spelt out. With factors
// they are written as longrope in the spelling of transformers 4 and 5; without, the rotary keys stay as they are.
[[nodiscard]] Result<std::string> exportedConfig(const std::filesystem::path& source, const ModelConfig& config,
                                                 const std::optional<FactorDocument>& factors, std::int64_t length,
                                                 StoredType type);

// initializer_range of a config.json (or of the folder of one), or transformers' 0.02. Input error unless it is a
// number above 0.
[[nodiscard]] Result<double> initialDeviation(const std::filesystem::path& source);

// Copies what belongs to the tokenizer and to generation from one model folder to another. `from` may be a file of that
// folder.
[[nodiscard]] Result<void> copyCompanions(const std::filesystem::path& from, const std::filesystem::path& to);

// The model's own factors at its trained length, with the attention factor of `factors`: what short windows among mixed
// ones are trained under.
[[nodiscard]] FactorSet shortFactors(const ModelConfig& model, const FactorSet& factors);

// The same configuration with a list of its own for sequences up to the trained length.
[[nodiscard]] Result<std::string> withShortFactors(const std::string& config, const std::vector<double>& factors);

} // namespace ropescope
