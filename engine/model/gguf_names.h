// What llama.cpp's converter did to a Hugging Face checkpoint: other tensor names, and for some architectures
// another row order of the attention projections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"

namespace ropescope {

// The architectures of GGUF files that this program reads; "llama" stands for Mistral and SmolLM too.
[[nodiscard]] std::optional<Architecture> ggufArchitecture(std::string_view name);

// Hugging Face's name; nullopt for what has none (rope_freqs.weight and the like).
[[nodiscard]] std::optional<std::string> huggingFaceName(Architecture architecture, std::string_view ggufName);

// rope_freqs.weight and the two longrope lists: part of the configuration, which reads them; no weights of the network.
[[nodiscard]] bool isRotaryFactorTensor(std::string_view ggufName);

struct GgufRowOrder {
    RowOrder order = RowOrder::asIs;
    bool ofKeyHeads = false; // counts kv heads instead of query heads
};
[[nodiscard]] GgufRowOrder ggufRowOrder(Architecture architecture, std::string_view ggufName);

} // namespace ropescope
