// --context and --chunk: what the encoder of a CEPE model reads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "app/cli/command.h"
#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/context_model.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope::cli {

// As typed.
struct ContextOptions {
    std::string context; // TEXT or N; empty: none
    std::int64_t chunk = usualChunk;
};

void declareContext(CLI::App& app, ContextOptions& options);

// The first tokens of every sequence.
struct LeadingContext {
    std::int64_t tokens = 0;
    std::int64_t chunk = usualChunk;
};
using ContextChoice = std::variant<std::monostate, LeadingContext, Context>;

// A number is LeadingContext; a .json with "chunks" is taken as it is; of any other TEXT every document is cut into
// chunks. Usage error for a model without an encoder. No weights are needed.
[[nodiscard]] Result<ContextChoice> readContext(const ContextOptions& options, const ModelConfig& config,
                                                const Tokenizer* tokenizer);

[[nodiscard]] std::int64_t contextTokens(const ContextChoice& choice);
// Tokens of every sequence that go to the encoder.
[[nodiscard]] std::int64_t leadingTokens(const ContextChoice& choice);

// The model in view of its context, or as it is without one.
[[nodiscard]] Outcome<std::shared_ptr<LanguageModel>> inView(const std::shared_ptr<LanguageModel>& model,
                                                             const ContextChoice& choice, const RunControl& control);

} // namespace ropescope::cli
