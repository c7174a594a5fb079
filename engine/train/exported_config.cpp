#include "engine/train/exported_config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/factor_file/hugging_face_export.h"

namespace ropescope {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::array companions{
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json",  "special_tokens_map.json", "added_tokens.json",
    "vocab.json",     "merges.txt",      "generation_config.json", "chat_template.jinja"};

// Nothing for a model that has no config.json.
std::optional<fs::path> configFile(const fs::path& source) {
    if (fs::is_directory(source))
        return source / "config.json";
    return source.extension() == ".json" ? std::optional(source) : std::nullopt;
}

Result<json> readConfig(const fs::path& file) {
    auto text = readFile(file, 16 << 20);
    if (!text)
        return fail(text.error());
    return parseJson(*text, file.string());
}

std::string className(Architecture architecture) {
    switch (architecture) {
    case Architecture::llama:
        return "LlamaForCausalLM";
    case Architecture::mistral:
        return "MistralForCausalLM";
    case Architecture::qwen2:
        return "Qwen2ForCausalLM";
    case Architecture::qwen3:
        return "Qwen3ForCausalLM";
    case Architecture::phi3:
        return "Phi3ForCausalLM";
    case Architecture::gptNeox:
        break;
    }
    return "GPTNeoXForCausalLM";
}

// What transformers calls the activations that a configuration of this engine can have.
std::string transformersName(Activation activation) {
    return activation == Activation::geluTanh ? "gelu_pytorch_tanh" : std::string(name(activation));
}

// config.json of a model that came without one.
json spelledOut(const ModelConfig& model) {
    json config{{"architectures", {className(model.architecture)}},
                {"model_type", name(model.architecture)},
                {"hidden_size", model.hidden},
                {"intermediate_size", model.intermediate},
                {"num_hidden_layers", model.layers},
                {"num_attention_heads", model.heads},
                {"vocab_size", model.vocabulary},
                {"hidden_act", transformersName(model.activation)},
                {"max_position_embeddings", model.maxPositions},
                {"rope_theta", model.rope.theta},
                {"tie_word_embeddings", model.tiedEmbeddings},
                {"attention_bias", model.queryKeyValueBias}};
    const double share = static_cast<double>(model.rope.rotaryDim) / model.rope.headDim;
    if (model.architecture == Architecture::gptNeox) {
        config["layer_norm_eps"] = model.normEpsilon;
        config["rotary_emb_base"] = model.rope.theta;
        config["rotary_pct"] = share;
        config["use_parallel_residual"] = model.parallelResidual;
        return config;
    }
    config["num_key_value_heads"] = model.kvHeads;
    config["head_dim"] = model.rope.headDim;
    config["rms_norm_eps"] = model.normEpsilon;
    config["mlp_bias"] = model.mlpBias;
    if (model.rope.rotaryDim < model.rope.headDim)
        config["partial_rotary_factor"] = share;
    return config;
}

Result<void> setFactors(json& config, const ModelConfig& model, FactorDocument factors, std::int64_t length) {
    factors.fillFrom(model.rope);
    factors.targetLength = std::max({length, factors.targetLength.value_or(0), model.rope.trainedLength});
    const auto keys = huggingFaceKeys(factors);
    if (!keys)
        return fail(keys.error());
    config.erase("rope_scaling");
    config.erase("rope_parameters");
    config.update(json::parse(*keys));
    return {};
}

} // namespace

Result<std::string> exportedConfig(const fs::path& source, const ModelConfig& model,
                                   const std::optional<FactorDocument>& factors, std::int64_t length, StoredType type) {
    const auto file = configFile(source);
    Result<json> config = file ? readConfig(*file) : spelledOut(model);
    if (!config)
        return fail(config.error());
    std::optional<FactorDocument> written = factors;
    if (!written && !file && !std::holds_alternative<NoScaling>(model.scaling)) {
        written.emplace();
        written->set = configuredFactors(model, length);
    }
    if (written)
        if (auto set = setFactors(*config, model, std::move(*written), length); !set)
            return fail(set.error());
    for (const char* key : {"dtype", "torch_dtype"}) // transformers 5 and 4
        (*config)[key] = type == StoredType::bf16 ? "bfloat16" : "float32";
    return config->dump(2) + "\n";
}

Result<double> initialDeviation(const fs::path& source) {
    const fs::path file = configFile(source).value_or(source);
    const auto config = readConfig(file);
    if (!config)
        return fail(config.error());
    const json range = config->value("initializer_range", json(0.02));
    if (!range.is_number() || !(range.get<double>() > 0) || !std::isfinite(range.get<double>()))
        return fail(inputError(file.string(), "initializer_range", "a number above 0", range.dump()));
    return range.get<double>();
}

Result<void> copyCompanions(const fs::path& from, const fs::path& to) {
    const fs::path folder = fs::is_directory(from) ? from : from.parent_path();
    for (const char* name : companions) {
        std::error_code problem;
        if (!fs::is_regular_file(folder / name, problem))
            continue;
        const auto content = readFile(folder / name);
        if (!content)
            return fail(content.error());
        if (auto written = writeFileAtomically(to / name, *content); !written)
            return written;
    }
    return {};
}

FactorSet shortFactors(const ModelConfig& model, const FactorSet& factors) {
    FactorSet own = configuredFactors(model, model.rope.trainedLength);
    own.attentionFactor = factors.attentionFactor;
    return own;
}

Result<std::string> withShortFactors(const std::string& config, const std::vector<double>& factors) {
    auto object = parseJson(config, "config.json");
    if (!object)
        return fail(object.error());
    for (const char* key : {"rope_scaling", "rope_parameters"})
        if (object->contains(key) && object->at(key).contains("short_factor"))
            object->at(key)["short_factor"] = factors;
    return object->dump(2) + "\n";
}

} // namespace ropescope
