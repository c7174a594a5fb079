// The first weights of a CEPE model (arXiv 2402.16617, section 2.2): a decoder, an encoder, and cross-attention made of
// the decoder's self-attention.
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"

namespace ropescope {

// Queries and output copied from self-attention, keys and values from its first columns (as many as the encoder is
// wide), the norm from the one before the feed-forward. zero: the output projection is 0, so that the model begins as
// its decoder exactly.
enum class CrossAttentionStart { copy, zero };

struct CepeStart {
    std::filesystem::path decoder; // a model folder or .gguf file
    // A Llama's config.json or its folder. With weights in the folder (model.*) the encoder begins with them, else at
    // random: normal(0, initializer_range), norms of 1.
    std::filesystem::path encoder;
    std::filesystem::path output; // a folder, new or empty
    CrossAttentionStart start = CrossAttentionStart::copy;
    std::uint64_t seed = 42;
};

// Writes a folder in the layout of the authors' LlamaForCausalContextLM, config.json last, and returns the number of
// its parameters. The decoder's weights keep their type unless it is quantised; all others are float32. Usage error for
// an encoder wider than the decoder (its columns couldn't be copied), an encoder of fewer words than the decoder, a
// decoder or encoder of another architecture than can be used so, and an output folder with something in it.
[[nodiscard]] Outcome<std::int64_t> writeCepeStart(const CepeStart& request, const RunControl& control);

} // namespace ropescope
