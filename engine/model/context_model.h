// Models that read a context through an encoder (CEPE, arXiv 2402.16617), as language models like any other: probes,
// decoding and gradients work on them unchanged.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"

namespace ropescope {

inline constexpr std::int64_t usualChunk = 256; // tokens; the authors'

// What the encoder reads, chunk by chunk; chunks know nothing of each other and their order changes nothing.
struct Context {
    std::vector<std::vector<TokenId>> chunks;
    [[nodiscard]] std::int64_t tokens() const;
};
// Chunks of `chunk` tokens (at least 1), the last one shorter where they don't divide.
[[nodiscard]] Context inChunks(std::span<const TokenId> ids, std::int64_t chunk);

// True for a model whose configuration has an encoder.
[[nodiscard]] bool readsContext(const LanguageModel& model);

// `model` reading every sequence in view of `context`, which is encoded here, once. It shares the weights. Usage error
// for a model without an encoder (or one that has a context already) or a context without tokens; input error for an
// empty chunk or an id outside the encoder's vocabulary.
[[nodiscard]] Outcome<std::shared_ptr<LanguageModel>> withContext(const std::shared_ptr<LanguageModel>& model,
                                                                  const Context& context, const RunControl& control);

// `model` sending the first `tokens` tokens of every sequence to the encoder in chunks and only the rest to the
// decoder. Its lengths count both. What the encoder reads is not predicted, nor is the token after it: tokenNll gives
// NaN for tokens 1 .. tokens (entries 0 .. tokens - 1), and nllGradient is of the mean over the others. Usage error as
// above, and from its calls for sequences that leave the decoder nothing to do.
[[nodiscard]] Result<std::shared_ptr<LanguageModel>> withLeadingContext(const std::shared_ptr<LanguageModel>& model,
                                                                        std::int64_t tokens, std::int64_t chunk);

} // namespace ropescope
