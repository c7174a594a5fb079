// What CEPE adds to a model's configuration.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/model/model_config.h"

namespace ropescope {

// A decoder whose last layers also attend to what an encoder makes of chunks of context (CEPE, arXiv 2402.16617,
// section 2; the keys of config.json are those of the authors' LlamaForCausalContextLM).
struct CrossAttentionConfig {
    ModelConfig encoder; // a bidirectional Llama without a vocabulary head
    int layers = 0;      // of the decoder, counted from its last, that have cross-attention
    // false: each of them reads the encoder's last state. true: the decoder's last layer reads the last state, the
    // layer before it the state before that, and so on (the authors' num_cross_attn_hidden_states above 1).
    bool severalStates = false;
    std::optional<std::int64_t> paddingId; // the encoder's; its embedding isn't trained
};

} // namespace ropescope
