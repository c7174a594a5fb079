#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "engine/base/resources.h"
#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"
#include "engine/model/required_tensors.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

// What is said of a model: its configuration and what the files really hold.
struct ModelFacts {
    ModelConfig config;
    std::int64_t parameters = 0;
    std::int64_t bytesOnDisk = 0;
    std::vector<std::pair<std::string, std::int64_t>> valuesByType; // of the tensors in use, most first
};

Result<ModelFacts> gatherFacts(const std::filesystem::path& path) {
    auto config = readModelConfig(path);
    if (!config)
        return fail(config.error());
    const auto checkpoint = openCheckpoint(path);
    if (!checkpoint)
        return fail(checkpoint.error());
    if (auto complete = checkTensors(**checkpoint, *config); !complete)
        return fail(complete.error());
    ModelFacts facts;
    std::map<std::string, std::int64_t> byType;
    for (const TensorShape& required : requiredTensors(*config)) {
        const StoredTensor* tensor = (*checkpoint)->find(required.name);
        byType[std::string(name(tensor->type))] += tensor->elements();
    }
    facts.valuesByType.assign(byType.begin(), byType.end());
    std::stable_sort(facts.valuesByType.begin(), facts.valuesByType.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    facts.parameters = parameterCount(*config);
    facts.bytesOnDisk = (*checkpoint)->bytesOnDisk();
    facts.config = std::move(*config);
    return facts;
}

// As in a configuration file: the kind and its numbers.
struct ScalingToJson {
    json operator()(const NoScaling&) const { return nullptr; }
    json operator()(const LinearScaling& linear) const { return {{"factor", linear.factor}}; }
    json operator()(const DynamicScaling& dynamic) const { return {{"factor", dynamic.factor}}; }
    json operator()(const YarnScaling& yarn) const {
        return {{"factor", yarn.factor},
                {"beta_fast", yarn.betaFast},
                {"beta_slow", yarn.betaSlow},
                {"truncate", yarn.truncate},
                {"attention_factor", yarn.attentionFactor},
                {"original_max_position_embeddings", yarn.originalLength}};
    }
    json operator()(const Llama3Scaling& llama) const {
        return {{"factor", llama.factor},
                {"low_freq_factor", llama.lowFrequencyFactor},
                {"high_freq_factor", llama.highFrequencyFactor},
                {"original_max_position_embeddings", llama.originalLength}};
    }
    json operator()(const LongRopeScaling& longRope) const {
        return {{"short_factor", longRope.shortFactors},
                {"long_factor", longRope.longFactors},
                {"attention_factor", longRope.attentionFactor},
                {"original_max_position_embeddings", longRope.originalLength}};
    }
    json operator()(const FixedScaling& fixed) const {
        return {{"factors", fixed.factors}, {"attention_factor", fixed.attentionFactor}};
    }
};

json scalingJson(const ConfiguredScaling& scaling) {
    json object = std::visit(ScalingToJson(), scaling);
    if (!object.is_null())
        object["type"] = name(scaling);
    return object;
}

json toJson(const ModelFacts& facts) {
    const ModelConfig& config = facts.config;
    json types = json::object();
    for (const auto& [type, values] : facts.valuesByType)
        types[type] = values;
    return {{"architecture", name(config.architecture)},
            {"layers", config.layers},
            {"hidden", config.hidden},
            {"intermediate", config.intermediate},
            {"heads", config.heads},
            {"kv_heads", config.kvHeads},
            {"head_dim", config.rope.headDim},
            {"rotary_pairs", config.rope.pairs()},
            {"rope_theta", config.rope.theta},
            {"trained_length", config.rope.trainedLength},
            {"max_positions", config.maxPositions},
            {"rope_scaling", scalingJson(config.scaling)},
            {"sliding_window", config.slidingWindow ? json(*config.slidingWindow) : json()},
            {"tied_embeddings", config.tiedEmbeddings},
            {"parameters", facts.parameters},
            {"vocabulary", config.vocabulary},
            {"source_dtype", facts.valuesByType.front().first},
            {"source_dtypes", types},
            {"bytes_on_disk", facts.bytesOnDisk}};
}

// 8192 -> "8,192"
std::string grouped(std::int64_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at > 0 && (digits.size() - at) % 3 == 0)
            text += ',';
        text += digits[at];
    }
    return text;
}

std::string rotaryText(const RopeGeometry& rope) {
    const auto wavelength = [&](int pair) { return 2 * std::numbers::pi / frequency(rope, pair); };
    const int last = rope.pairs() - 1;
    int firstSlow = 0;
    while (firstSlow <= last && wavelength(firstSlow) <= static_cast<double>(rope.trainedLength))
        ++firstSlow;
    const std::string turns =
        firstSlow > last
            ? "every pair makes a full turn within the trained length"
            : fmt::format("pairs {} to {} make less than one turn within the trained length", firstSlow, last);
    return fmt::format("{} pairs in {} of {} dimensions, theta {}, wavelengths {:.2f} to {} tokens\n"
                       "                {}",
                       rope.pairs(), rope.rotaryDim, rope.headDim, rope.theta, wavelength(0),
                       grouped(std::llround(wavelength(last))), turns);
}

std::string storageText(const ModelFacts& facts) {
    std::string text;
    for (const auto& [type, values] : facts.valuesByType)
        text += fmt::format("{}{} ({:.2f} %)", text.empty() ? "" : ", ", type,
                            100.0 * static_cast<double>(values) / static_cast<double>(facts.parameters));
    return fmt::format("{}; {:.1f} MB on disk", text, static_cast<double>(facts.bytesOnDisk) / 1e6);
}

std::string toText(const ModelFacts& facts) {
    const ModelConfig& config = facts.config;
    std::string text = fmt::format("source          {}\n", config.sourcePath);
    text += fmt::format("architecture    {}: {} layers, hidden {}, feed-forward {}, vocabulary {}{}\n",
                        name(config.architecture), config.layers, grouped(config.hidden), grouped(config.intermediate),
                        grouped(config.vocabulary), config.tiedEmbeddings ? ", head tied to the embedding" : "");
    text += fmt::format("attention       {} heads, {} kv heads, head_dim {}\n", config.heads, config.kvHeads,
                        config.rope.headDim);
    text += fmt::format("rotary          {}\n", rotaryText(config.rope));
    text += fmt::format("trained length  {} tokens, configured for {}\n", grouped(config.rope.trainedLength),
                        grouped(config.maxPositions));
    const json scaling = scalingJson(config.scaling);
    text += fmt::format("rope scaling    {}\n", scaling.is_null() ? "none" : scaling.dump());
    if (config.slidingWindow)
        text += fmt::format("sliding window  {} tokens, in {}\n", grouped(*config.slidingWindow),
                            config.fullLayers.empty() ? "every layer" : "some layers");
    text += fmt::format("parameters      {}\n", grouped(facts.parameters));
    return text + fmt::format("stored as       {}", storageText(facts));
}

class ModelCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "model"; }
    [[nodiscard]] std::string description() const override {
        return "Say what a model is: shape, rotary embedding, storage";
    }
    void declare(CLI::App& app) override {
        app.add_option("MODEL", m_model, "A model folder, a .gguf file, or demo")->required();
    }
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const auto facts = gatherFacts(modelPath(m_model));
        if (!facts)
            return console.report(facts.error());
        if (common.json)
            console.printJson(toJson(*facts));
        else
            console.print(toText(*facts));
        return done;
    }

private:
    std::string m_model;
};

} // namespace

std::unique_ptr<Command> makeModelCommand() {
    return std::make_unique<ModelCommand>();
}

} // namespace ropescope::cli
