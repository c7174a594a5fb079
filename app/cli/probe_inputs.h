// What the probe commands have in common: a model, a text, factor sets, a form of attention, opened in the order in
// which mistakes are cheapest to find.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/cli/command.h"
#include "app/cli/context_inputs.h"
#include "engine/base/outcome.h"
#include "engine/model/language_model.h"
#include "engine/probe/statistics.h"
#include "engine/rope/segment.h"
#include "engine/study/study.h"
#include "engine/tokenizer/corpus.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope::cli {

// As typed.
struct ProbeOptions {
    std::string model;
    std::string text;
    std::vector<std::string> factors; // none: the model's own configuration
    std::optional<double> attentionFactor;
    std::string attention = "full";
    bool beginOfText = false;
    std::string study; // path; none: nothing is kept
    ContextOptions context;
};

void declareModel(CLI::App& app, ProbeOptions& options);
// --text and --bos.
void declareText(CLI::App& app, ProbeOptions& options);
// --factors (several, or one at most), --attention-factor.
void declareFactors(CLI::App& app, ProbeOptions& options, bool several);
void declareAttention(CLI::App& app, ProbeOptions& options);
// --study.
void declareStudy(CLI::App& app, ProbeOptions& options);

// Ready to be measured.
struct ProbeInputs {
    std::shared_ptr<LanguageModel> model;
    std::shared_ptr<const Tokenizer> tokenizer; // null for a text of ids and a model without one
    Corpus corpus;                              // empty where the probe takes no text
    AttentionForm attention;
    std::optional<TokenId> beginOfText;         // set with --bos
    std::shared_ptr<Study> study;               // set with --study: open, of this model and text
    std::optional<ProbedCheckpoint> checkpoint; // of the study's training runs that the model is, if it is one
    ContextChoice context;                      // `model` reads in view of it
};

// Factors and attention are checked on the model's configuration, the text is read and the study opened (or begun)
// before any weight is loaded. Input error where the study's numbers belong to another model or text.
[[nodiscard]] Outcome<ProbeInputs> openProbe(const ProbeOptions& options, const CommonOptions& common,
                                             const RunControl& control);

// The factor sets asked for, as they apply at this length.
[[nodiscard]] Result<std::vector<FactorSet>> factorSetsAt(const ProbeOptions& options, const ModelConfig& config,
                                                          std::int64_t length);

// Keeps a finished probe in the study, where there is one, and says so.
[[nodiscard]] Result<void> keepProbe(const ProbeInputs& inputs, const ProbeResult& result, Console& console);

// A segment A-B of rotary pairs, both included, or one pair A.
[[nodiscard]] Result<Segment> parsePairs(const std::string& word);

// The exit code where the outcome is no report, after saying why; `kept` tells what an interruption leaves behind.
template <class Report>
[[nodiscard]] std::optional<int> exitWithout(const Outcome<Report>& outcome, Console& console,
                                             const std::string& kept = "") {
    if (const auto* error = std::get_if<Error>(&outcome))
        return console.report(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return console.reportCancelled(kept);
    return std::nullopt;
}

// What to report after printing numbers that are none.
[[nodiscard]] Error gaveNan(const ProbeInputs& inputs);

// For people: "2.8749 +- 0.0312"; without a known error the mean alone.
[[nodiscard]] std::string meanText(const Estimate& estimate);
[[nodiscard]] nlohmann::json toJson(const std::vector<PositionBin>& band);
// context_tokens, where the model can read a context.
void addContext(nlohmann::json& object, const ProbeInputs& inputs);
// What names a factor set in every probe's JSON: factors, factor_values, attention_factor.
void addFactors(nlohmann::json& object, const FactorSet& set);

} // namespace ropescope::cli
