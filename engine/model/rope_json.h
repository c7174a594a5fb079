// The rotary part of a config.json, in all the spellings that transformers has had.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/model/model_config.h"

namespace ropescope {

// Fills rope (all but headDim, which must be set), maxPositions and scaling. `config` is the whole document.
// Precedence as in transformers 5: the values of rope_scaling, else of rope_parameters, then top-level keys, then
// the architecture's defaults; a top-level original_max_position_embeddings overrides the one inside.
[[nodiscard]] Result<void> readRope(const nlohmann::json& config, const std::string& file, ModelConfig& model);

} // namespace ropescope
