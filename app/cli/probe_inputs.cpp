#include "app/cli/probe_inputs.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/inputs.h"
#include "engine/base/resources.h"
#include "engine/model/model_config.h"
#include "engine/session/search_sources.h"

namespace ropescope::cli {
namespace {

// A text of ids needs no tokenizer, so a model without one can still be measured on it.
bool isTokenised(const std::filesystem::path& text) {
    return text.extension() == ".json";
}

Result<void> readText(const ProbeOptions& options, const ModelConfig& config, ProbeInputs& inputs) {
    const auto path = textPath(options.text);
    auto tokenizer = loadTokenizer(modelPath(options.model));
    if (tokenizer)
        inputs.tokenizer = *tokenizer;
    else if (options.text.empty() || !isTokenised(path))
        return fail(tokenizer.error());
    if (options.text.empty())
        return {};
    auto corpus = loadCorpus(path, inputs.tokenizer.get(), config.vocabulary);
    if (!corpus)
        return fail(corpus.error());
    inputs.corpus = std::move(*corpus);
    return {};
}

Result<void> findBeginOfText(const ProbeOptions& options, ProbeInputs& inputs) {
    if (!options.beginOfText)
        return {};
    if (inputs.tokenizer)
        inputs.beginOfText = inputs.tokenizer->beginOfText();
    if (!inputs.beginOfText)
        return fail(usageError("--bos: the model's tokenizer has no begin-of-text token"));
    return {};
}

struct Opened {};

Outcome<Opened> openStudy(const ProbeOptions& options, ProbeInputs& inputs, const RunControl& control) {
    if (options.study.empty())
        return Opened{};
    auto study = Study::openOrCreate(options.study);
    if (!study)
        return study.error();
    auto identity = identifyModel(modelPath(options.model), control);
    if (auto* error = std::get_if<Error>(&identity))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(identity))
        return Cancelled{};
    std::optional<StudyText> text;
    if (!options.text.empty())
        text = identifyText(textPath(options.text), inputs.corpus);
    const auto same = study->setProbeSources(std::get<StudyModel>(identity), text);
    if (!same)
        return same.error();
    inputs.checkpoint = *same;
    inputs.study = std::make_shared<Study>(std::move(*study));
    return Opened{};
}

} // namespace

void declareModel(CLI::App& app, ProbeOptions& options) {
    app.add_option("MODEL", options.model, "A model folder, a .gguf file, or demo")->required();
}

void declareText(CLI::App& app, ProbeOptions& options) {
    app.add_option("--text", options.text, "A text file, a folder of them, .jsonl, .json with ids, or demo")
        ->required();
    app.add_flag("--bos", options.beginOfText,
                 "Put the model's begin-of-text token in front of every window (ids are taken as they are otherwise)");
}

void declareFactors(CLI::App& app, ProbeOptions& options, bool several) {
    app.add_option(
           "--factors", options.factors,
           "none, METHOD:SCALE (pi, ntk, yarn, llama3, dprope), a file or a study; the model's own where not given" +
               std::string(several ? "; may be repeated" : ""))
        ->allow_extra_args(false)
        ->expected(1, several ? 1000 : 1);
    app.add_option("--attention-factor", options.attentionFactor, "Overrides the attention factor of every factor set")
        ->check(CLI::PositiveNumber);
}

void declareAttention(CLI::App& app, ProbeOptions& options) {
    app.add_option("--attention", options.attention,
                   "full or lm-infinite[:WINDOW,STARTING[,TOPK,FROM_LAYER]], or its halves lm-infinite-mask and "
                   "lm-infinite-ceiling");
}

void declareStudy(CLI::App& app, ProbeOptions& options) {
    app.add_option(
        "--study", options.study,
        "Study file that keeps what is measured, begun where there is none; it belongs to one model and text");
}

Outcome<ProbeInputs> openProbe(const ProbeOptions& options, const CommonOptions& common, const RunControl& control) {
    const auto path = modelPath(options.model);
    const auto config = readModelConfig(path);
    if (!config)
        return config.error();
    if (const auto sets = factorSetsAt(options, *config, config->rope.trainedLength); !sets)
        return sets.error();
    const auto attention = parseAttention(options.attention, config->rope.trainedLength);
    if (!attention)
        return attention.error();
    ProbeInputs inputs;
    inputs.attention = *attention;
    if (auto read = readText(options, *config, inputs); !read)
        return read.error();
    if (auto found = findBeginOfText(options, inputs); !found)
        return found.error();
    auto context = readContext(options.context, *config, inputs.tokenizer.get());
    if (!context)
        return context.error();
    inputs.context = std::move(*context);
    if (!options.study.empty() && contextTokens(inputs.context) > 0)
        return usageError("--study keeps no measurements made in view of a context: leave --study or --context out");
    if (auto outcome = openStudy(options, inputs, control); !std::holds_alternative<Opened>(outcome)) {
        if (auto* error = std::get_if<Error>(&outcome))
            return std::move(*error);
        return Cancelled{};
    }
    auto model = loadLanguageModel(path, deviceOptions(common), control);
    if (auto* error = std::get_if<Error>(&model))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(model))
        return Cancelled{};
    auto reader = inView(std::get<0>(model), inputs.context, control);
    if (auto* error = std::get_if<Error>(&reader))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(reader))
        return Cancelled{};
    inputs.model = std::get<0>(std::move(reader));
    return inputs;
}

Result<std::vector<FactorSet>> factorSetsAt(const ProbeOptions& options, const ModelConfig& config,
                                            std::int64_t length) {
    std::vector<FactorSet> sets;
    if (options.factors.empty()) {
        sets.push_back(configuredFactors(config, length));
        sets.back().attentionFactor = options.attentionFactor.value_or(sets.back().attentionFactor);
    }
    for (const std::string& spec : options.factors) {
        auto set = parseFactors(spec, config.rope, options.attentionFactor);
        if (!set)
            return fail(set.error());
        sets.push_back(std::move(*set));
    }
    return sets;
}

Result<void> keepProbe(const ProbeInputs& inputs, const ProbeResult& result, Console& console) {
    if (!inputs.study)
        return {};
    const auto id =
        inputs.study->addProbe(result, inputs.model->computeType(), inputs.model->deviceName(), inputs.checkpoint);
    if (!id)
        return fail(id.error());
    console.message(fmt::format("kept in study {} as probe {}", inputs.study->path().string(), *id));
    return {};
}

Result<Segment> parsePairs(const std::string& word) {
    const auto malformed = [&] {
        return fail(usageError(fmt::format("pairs: expected A-B with A <= B, or one pair, got \"{}\"", word)));
    };
    const char* end = word.data() + word.size();
    int first = 0;
    auto [at, problem] = std::from_chars(word.data(), end, first);
    if (problem != std::errc() || first < 0)
        return malformed();
    int last = first;
    if (at != end) {
        if (*at != '-')
            return malformed();
        const auto [rest, lastProblem] = std::from_chars(at + 1, end, last);
        if (lastProblem != std::errc() || rest != end)
            return malformed();
    }
    if (last < first || last == INT32_MAX)
        return malformed();
    return Segment{first, last + 1};
}

Error gaveNan(const ProbeInputs& inputs) {
    return failure(fmt::format("{}: the model gave NaN: its weights or the factors are unusable{}",
                               inputs.model->config().sourcePath,
                               inputs.model->computeType() == ComputeType::bf16 ? "; try --dtype fp32" : ""));
}

std::string meanText(const Estimate& estimate) {
    return std::isfinite(estimate.standardError) ? fmt::format("{:.4f} ± {:.4f}", estimate.mean, estimate.standardError)
                                                 : fmt::format("{:.4f}", estimate.mean);
}

nlohmann::json toJson(const std::vector<PositionBin>& band) {
    nlohmann::json bins = nlohmann::json::array();
    for (const PositionBin& bin : band) {
        const Interval interval = bin.estimate.interval95();
        bins.push_back({{"first", bin.first},
                        {"end", bin.end},
                        {"mean", bin.estimate.mean},
                        {"standard_error", bin.estimate.standardError},
                        {"low", interval.low},
                        {"high", interval.high},
                        {"tokens", bin.estimate.tokens}});
    }
    return bins;
}

void addContext(nlohmann::json& object, const ProbeInputs& inputs) {
    if (readsContext(*inputs.model))
        object["context_tokens"] = contextTokens(inputs.context);
}

void addFactors(nlohmann::json& object, const FactorSet& set) {
    object["factors"] = set.origin;
    object["factor_values"] = set.factors;
    object["attention_factor"] = set.attentionFactor;
}

} // namespace ropescope::cli
