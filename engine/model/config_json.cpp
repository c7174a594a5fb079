#include <algorithm>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/model/config_reader.h"
#include "engine/model/context_config.h"
#include "engine/model/json_fields.h"
#include "engine/model/rope_json.h"

namespace ropescope {
namespace {

constexpr std::uintmax_t largestConfig = 16 << 20;
constexpr std::string_view knownTypes = "llama, mistral, qwen2, qwen3, phi3 or gpt_neox";

std::optional<Architecture> architectureOf(std::string_view modelType) {
    for (const Architecture architecture : {Architecture::llama, Architecture::mistral, Architecture::qwen2,
                                            Architecture::qwen3, Architecture::phi3, Architecture::gptNeox})
        if (name(architecture) == modelType)
            return architecture;
    return std::nullopt;
}

// Keys that change the computation in a way this engine doesn't have. Present and meaningful means refused.
void refuseUnsupported(JsonFields& config) {
    for (const char* key : {"num_local_experts", "num_experts", "n_routed_experts"})
        if (config.integerOr(key, 0, 0, longestContext) > 1)
            config.refuse(key, "a dense model without experts", config.shown(key));
    for (const char* key : {"attn_logit_softcapping", "final_logit_softcapping", "no_rope_layers",
                            "no_rope_layer_interval", "quantization_config"})
        if (config.has(key))
            config.refuse(key, "nothing (the engine doesn't compute this)", config.shown(key));
}

// GPT-NeoX feeds forward through one activation of several, the others through a gate of SiLU.
void readActivation(JsonFields& config, ModelConfig& model) {
    const bool neox = model.architecture == Architecture::gptNeox;
    const std::string given = config.textOr("hidden_act", neox ? "gelu" : "silu");
    const bool isSilu = given == "silu" || given == "swish";
    if (isSilu && !neox)
        model.activation = Activation::silu;
    else if (given == "gelu" && neox)
        model.activation = Activation::gelu;
    else if ((given == "gelu_new" || given == "gelu_fast" || given == "gelu_pytorch_tanh") && neox)
        model.activation = Activation::geluTanh;
    else if (given == "relu" && neox)
        model.activation = Activation::relu;
    else
        config.refuse("hidden_act", neox ? "gelu, gelu_new, gelu_fast, gelu_pytorch_tanh or relu" : "silu or swish",
                      config.shown("hidden_act"));
}

void readShape(JsonFields& config, ModelConfig& model) {
    const auto integer = [&](std::string_view key, std::int64_t high) {
        return static_cast<int>(config.integer(key, 1, high));
    };
    model.layers = integer("num_hidden_layers", mostLayers);
    model.hidden = integer("hidden_size", widestLayer);
    model.intermediate = integer("intermediate_size", widestLayer * 16);
    model.heads = integer("num_attention_heads", mostHeads);
    model.vocabulary = integer("vocab_size", largestVocabulary);
    const bool neox = model.architecture == Architecture::gptNeox;
    model.kvHeads =
        neox ? model.heads : static_cast<int>(config.integerOr("num_key_value_heads", model.heads, 1, mostHeads));
    // GPT-NeoX and Phi-3 have no head_dim of their own; for the others it may differ from the quotient.
    const bool derived = neox || model.architecture == Architecture::phi3 || !config.has("head_dim");
    if (derived && model.hidden % model.heads != 0)
        config.refuse("hidden_size", fmt::format("a multiple of num_attention_heads {}", model.heads),
                      config.shown("hidden_size"));
    model.rope.headDim = derived ? model.hidden / model.heads : integer("head_dim", widestHead);
    model.normEpsilon = config.positiveOr(neox ? "layer_norm_eps" : "rms_norm_eps",
                                          neox || model.architecture == Architecture::phi3 ? 1e-5 : 1e-6);
    model.tiedEmbeddings = config.booleanOr("tie_word_embeddings", false);
}

void readBiases(JsonFields& config, ModelConfig& model) {
    switch (model.architecture) {
    case Architecture::llama:
        model.queryKeyValueBias = model.outputBias = config.booleanOr("attention_bias", false);
        model.mlpBias = config.booleanOr("mlp_bias", false);
        break;
    case Architecture::qwen2:
        model.queryKeyValueBias = true;
        break;
    case Architecture::qwen3:
        model.queryKeyValueBias = model.outputBias = config.booleanOr("attention_bias", false);
        model.queryKeyNorm = true;
        break;
    case Architecture::gptNeox:
        model.queryKeyValueBias = model.outputBias = config.booleanOr("attention_bias", true);
        model.mlpBias = true;
        model.parallelResidual = config.booleanOr("use_parallel_residual", true);
        break;
    case Architecture::mistral:
    case Architecture::phi3:
        break;
    }
}

// Qwen has a switch beside the number, transformers 5 may list the kind of every layer.
void readWindow(JsonFields& config, ModelConfig& model) {
    const bool qwen = model.architecture == Architecture::qwen2 || model.architecture == Architecture::qwen3;
    const bool ofPhiOrMistral = model.architecture == Architecture::mistral || model.architecture == Architecture::phi3;
    bool inForce = ofPhiOrMistral || (qwen && config.booleanOr("use_sliding_window", false));
    std::vector<bool> fullLayers;
    if (inForce && qwen) // the first max_window_layers are full
        for (std::int64_t layer = 0, full = config.integerOr("max_window_layers", 28, 0, mostLayers);
             layer < model.layers; ++layer)
            fullLayers.push_back(layer < full);
    if (const nlohmann::json* kinds = config.find("layer_types")) {
        if (!kinds->is_array())
            return config.refuse("layer_types", "a list of names", config.shown("layer_types"));
        if (kinds->size() != static_cast<std::size_t>(model.layers))
            return config.refuse("layer_types", fmt::format("{} names, one a layer", model.layers),
                                 fmt::format("{}", kinds->size()));
        inForce = false;
        fullLayers.clear();
        for (const auto& kind : *kinds) {
            const auto* text = kind.get_ptr<const std::string*>();
            const std::string_view kindName = text ? std::string_view(*text) : std::string_view();
            if (kindName != "full_attention" && kindName != "sliding_attention")
                return config.refuse("layer_types", "full_attention or sliding_attention", config.shown("layer_types"));
            inForce = inForce || kindName == "sliding_attention";
            fullLayers.push_back(kindName == "full_attention");
        }
    }
    const auto full = static_cast<std::size_t>(std::ranges::count(fullLayers, true));
    if (!inForce || !config.has("sliding_window") || (!fullLayers.empty() && full == fullLayers.size()))
        return;
    model.slidingWindow = config.integer("sliding_window", 1, longestContext);
    if (full > 0)
        model.fullLayers = std::move(fullLayers);
}

Result<ModelConfig> modelOf(const nlohmann::json& json, const std::string& file, const std::string& within);

// CEPE's keys, as the authors' class saves them.
Result<void> readCrossAttention(JsonFields& config, const std::string& file, ModelConfig& model) {
    if (!config.booleanOr("do_cross_attention", false))
        return {};
    if (model.architecture == Architecture::gptNeox)
        return fail(config.badValue("do_cross_attention", "false for this architecture", "true"));
    const nlohmann::json* const encoder = config.find("encoder_config");
    if (!encoder || !encoder->is_object())
        return fail(config.badValue("encoder_config", "the encoder's configuration", config.shown("encoder_config")));
    auto encoderModel = modelOf(*encoder, file, "encoder_config");
    if (!encoderModel)
        return fail(encoderModel.error());
    JsonFields fields(*encoder, file, "encoder_config");
    if (encoderModel->architecture != Architecture::llama)
        return fail(fields.badValue("model_type", "llama", fields.shown("model_type")));
    CrossAttentionConfig cross;
    cross.layers = static_cast<int>(config.integerOr("num_cross_attn_layers", model.layers, 0, model.layers));
    const std::int64_t states = config.integerOr("num_cross_attn_hidden_states", 1, 1, mostLayers);
    cross.severalStates = states > 1;
    if (cross.severalStates && cross.layers > encoderModel->layers + 1)
        return fail(config.badValue("num_cross_attn_layers",
                                    fmt::format("at most the encoder's {} states (its embeddings and {} layers), of "
                                                "which each layer reads another",
                                                encoderModel->layers + 1, encoderModel->layers),
                                    fmt::format("{}", cross.layers)));
    const std::int64_t width = config.integerOr("encoder_hidden_size", encoderModel->hidden, 1, widestLayer);
    if (width != encoderModel->hidden)
        return fail(config.badValue("encoder_hidden_size", fmt::format("{}, as the encoder has", encoderModel->hidden),
                                    fmt::format("{}", width)));
    if (fields.has("pad_token_id"))
        cross.paddingId = fields.integer("pad_token_id", -1, encoderModel->vocabulary - 1);
    if (cross.paddingId == -1) // "none" in some tools' files
        cross.paddingId.reset();
    for (const JsonFields* read : {&config, &fields})
        if (read->error())
            return fail(*read->error());
    cross.encoder = std::move(*encoderModel);
    model.crossAttention = std::make_shared<const CrossAttentionConfig>(std::move(cross));
    return {};
}

// The model that an object of a file describes; `within` is its key there, empty for the document itself.
Result<ModelConfig> modelOf(const nlohmann::json& json, const std::string& file, const std::string& within) {
    JsonFields config(json, file, within);
    const auto architecture = architectureOf(config.textOr("model_type", ""));
    if (!architecture)
        return fail(config.badValue("model_type", knownTypes, config.shown("model_type")));
    ModelConfig model;
    model.architecture = *architecture;
    model.sourcePath = within.empty() ? file : fmt::format("{}, {}", file, within);
    refuseUnsupported(config);
    readShape(config, model);
    readActivation(config, model);
    readBiases(config, model);
    readWindow(config, model);
    if (config.error())
        return fail(*config.error());
    if (auto rope = readRope(json, model.sourcePath, model); !rope)
        return fail(rope.error());
    if (within.empty()) // an encoder has none of its own
        if (auto cross = readCrossAttention(config, file, model); !cross)
            return fail(cross.error());
    return model;
}

} // namespace

Result<ModelConfig> readJsonConfig(const std::filesystem::path& file) {
    const auto text = readFile(file, largestConfig);
    if (!text)
        return fail(text.error());
    const auto json = parseJson(*text, file.string());
    if (!json)
        return fail(json.error());
    if (!json->is_object())
        return fail(inputError(file.string(), "document", "a JSON object", json->type_name()));
    return modelOf(*json, file.string(), "");
}

} // namespace ropescope
