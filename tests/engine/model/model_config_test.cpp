#include "engine/model/model_config.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

json smallLlama() {
    return json{{"model_type", "llama"},    {"hidden_size", 64},
                {"intermediate_size", 80},  {"num_hidden_layers", 2},
                {"num_attention_heads", 4}, {"num_key_value_heads", 2},
                {"vocab_size", 288},        {"max_position_embeddings", 4096},
                {"rms_norm_eps", 1e-5}};
}

Result<ModelConfig> read(const json& config) {
    const test::TemporaryFolder folder;
    test::writeBytes(folder.path() / "config.json", config.dump());
    return readModelConfig(folder.path());
}

// The message of a configuration that must be refused; it names `key`.
std::string refusal(const json& config, const std::string& key) {
    INFO(config.dump());
    const auto model = read(config);
    REQUIRE_FALSE(model);
    CHECK(model.error().kind == ErrorKind::input);
    CHECK(model.error().message.find("config.json") != std::string::npos);
    CHECK(model.error().message.find(key) != std::string::npos);
    return model.error().message;
}

json with(json config, const std::string& key, json value) {
    config[key] = std::move(value);
    return config;
}

} // namespace

TEST_CASE("the tiny models are read as they were made") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const auto llama = readModelConfig(models / "tiny_llama").value();
    CHECK(llama.rope.headDim == 16);
    CHECK(llama.kvHeads == 2);
    CHECK_FALSE(llama.tiedEmbeddings);
    const auto version5 = readModelConfig(models / "tiny_llama_sharded").value();
    CHECK(version5.rope.theta == llama.rope.theta);

    const auto qwen2 = readModelConfig(models / "tiny_qwen2").value();
    CHECK(qwen2.queryKeyValueBias);
    CHECK_FALSE(qwen2.outputBias);
    CHECK(qwen2.tiedEmbeddings);
    CHECK(qwen2.rope.theta == 1e6);
    CHECK_FALSE(qwen2.slidingWindow);

    const auto qwen3 = readModelConfig(models / "tiny_qwen3").value();
    CHECK(qwen3.rope.headDim == 16);
    CHECK(qwen3.heads == 6);
    CHECK(qwen3.queryKeyNorm);

    const auto phi3 = readModelConfig(models / "tiny_phi3").value();
    CHECK(phi3.rope.trainedLength == 64);
    CHECK(phi3.maxPositions == 256);
    CHECK(std::get<LongRopeScaling>(phi3.scaling).longFactors.back() == 4.0);
    CHECK(std::get<LongRopeScaling>(phi3.scaling).attentionFactor == Approx(1.1547005383792517).epsilon(1e-15));

    const auto neox = readModelConfig(models / "tiny_neox").value();
    CHECK(neox.rope.headDim == 32);
    CHECK(neox.rope.rotaryDim == 8);
    CHECK(neox.kvHeads == 2);
    CHECK(neox.parallelResidual);
    CHECK(neox.activation == Activation::gelu);
}

TEST_CASE("values are found where either version of transformers writes them") {
    const auto theta = [](const json& config) { return read(config).value().rope.theta; };
    CHECK(theta(smallLlama()) == 10000);
    CHECK(theta(with(smallLlama(), "rope_theta", 5e5)) == 5e5);
    CHECK(theta(with(smallLlama(), "rope_parameters", {{"rope_type", "default"}, {"rope_theta", 7e5}})) == 7e5);
    json both = with(smallLlama(), "rope_parameters", {{"rope_type", "linear"}, {"rope_theta", 7e5}, {"factor", 2.0}});
    both["rope_scaling"] = {{"type", "linear"}, {"factor", 4.0}};
    CHECK(theta(both) == 7e5);
    CHECK(std::get<LinearScaling>(read(both).value().scaling).factor == 4);

    const json partial =
        with(smallLlama(), "rope_parameters", {{"rope_type", "default"}, {"partial_rotary_factor", 0.75}});
    CHECK(read(partial).value().rope.rotaryDim == 12);
    CHECK(read(with(smallLlama(), "partial_rotary_factor", 0.5)).value().rope.rotaryDim == 8);

    const json alike{{"rope_type", "linear"}, {"factor", 2.0}};
    const json nested{{"full_attention", alike}, {"sliding_attention", alike}};
    CHECK(std::get<LinearScaling>(read(with(smallLlama(), "rope_parameters", nested)).value().scaling).factor == 2);
    refusal(with(smallLlama(), "rope_parameters",
                 {{"full_attention", alike}, {"sliding_attention", {{"rope_type", "default"}}}}),
            "rope_parameters");
}

TEST_CASE("attention factors are resolved as transformers does") {
    json yarn{{"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 1024}};
    const auto factor = [&] {
        return std::get<YarnScaling>(read(with(smallLlama(), "rope_scaling", yarn)).value().scaling).attentionFactor;
    };
    CHECK(factor() == Approx(1.1386294361119891).epsilon(1e-15));
    yarn["mscale"] = 0.707;
    CHECK(factor() == Approx(1.1386294361119891).epsilon(1e-15)); // one of the two alone counts for nothing
    yarn["mscale_all_dim"] = 1.0;
    CHECK(factor() == Approx((0.0707 * std::log(4.0) + 1) / (0.1 * std::log(4.0) + 1)).epsilon(1e-14));
    yarn["attention_factor"] = 1.0;
    CHECK(factor() == 1.0);
}

TEST_CASE("configurations that make no sense are refused by key") {
    for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
                            "intermediate_size", "max_position_embeddings", "num_key_value_heads"}) {
        refusal(with(smallLlama(), key, 0), key);
        refusal(with(smallLlama(), key, -1), key);
        refusal(with(smallLlama(), key, 1e30), key);
        refusal(with(smallLlama(), key, "4"), key);
        refusal(with(smallLlama(), key, 18446744073709551615ULL), key);
    }
    refusal(with(smallLlama(), "num_key_value_heads", 3), "kv heads");
    refusal(with(smallLlama(), "hidden_size", 65), "hidden_size");
    refusal(with(smallLlama(), "rms_norm_eps", -1e-5), "rms_norm_eps");
    refusal(with(smallLlama(), "rope_theta", 1), "rope_theta");
    refusal(with(smallLlama(), "head_dim", 15), "head_dim");
    refusal(with(smallLlama(), "partial_rotary_factor", 1.5), "partial_rotary_factor");
    refusal(with(smallLlama(), "hidden_act", "relu6"), "hidden_act");
    refusal(with(smallLlama(), "tie_word_embeddings", 1), "tie_word_embeddings");
    for (const json& scaling : {json("yarn"), json{{"type", "ntk"}}, json{{"type", 4}}, json{{"type", "linear"}},
                                json{{"type", "linear"}, {"factor", 0}}, json{{"rope_type", "llama3"}, {"factor", 8}},
                                json{{"rope_type", "longrope"}, {"short_factor", {1, 2}}, {"long_factor", {1, 2}}},
                                json{{"rope_type", "longrope"},
                                     {"short_factor", json::array({1, 1, 1, 1, 1, 1, 1, nullptr})},
                                     {"long_factor", {1, 1, 1, 1, 1, 1, 1, 1}}}})
        refusal(with(smallLlama(), "rope_scaling", scaling), "rope_scaling");
}

TEST_CASE("what the engine does not compute is refused by key") {
    refusal(with(smallLlama(), "model_type", "gemma2"), "model_type");
    refusal(with(smallLlama(), "model_type", nullptr), "model_type");
    refusal(with(smallLlama(), "num_local_experts", 8), "num_local_experts");
    refusal(with(smallLlama(), "attn_logit_softcapping", 50.0), "attn_logit_softcapping");
    refusal(with(smallLlama(), "no_rope_layers", {1, 1, 0}), "no_rope_layers");
    refusal(with(smallLlama(), "quantization_config", {{"bits", 4}}), "quantization_config");
    refusal(with(smallLlama(), "layer_types", {"full_attention", "linear_attention"}), "layer_types");
}

TEST_CASE("a sliding window is known with the layers that have it, one switched off is none") {
    const auto mistral = read(with(with(smallLlama(), "model_type", "mistral"), "sliding_window", 1024)).value();
    REQUIRE(mistral.slidingWindow == 1024);
    CHECK(checkWindow(mistral, 1024));
    const auto beyond = checkWindow(mistral, 1025);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().kind == ErrorKind::input);
    CHECK(beyond.error().message.find("sliding_window") != std::string::npos);

    json qwen = with(with(smallLlama(), "model_type", "qwen2"), "sliding_window", 1024);
    CHECK_FALSE(read(qwen).value().slidingWindow);
    qwen["use_sliding_window"] = true;
    CHECK_FALSE(read(qwen).value().slidingWindow); // in layers from max_window_layers on, 28 where it isn't given
    qwen["max_window_layers"] = 0;
    CHECK(read(qwen).value().slidingWindow == 1024);
    CHECK(read(qwen).value().fullLayers.empty());
    qwen["max_window_layers"] = 1;
    CHECK(read(qwen).value().fullLayers == std::vector<bool>{true, false});
    qwen["layer_types"] = {"sliding_attention", "full_attention"};
    CHECK(read(qwen).value().fullLayers == std::vector<bool>{false, true});
    qwen["layer_types"] = {"full_attention"};
    CHECK(read(qwen).error().message.find("2 names") != std::string::npos);
    qwen["layer_types"] = {"full_attention", "full_attention"};
    CHECK_FALSE(read(qwen).value().slidingWindow);
}

TEST_CASE("files that are no configuration are refused") {
    const test::TemporaryFolder folder;
    const auto said = [&] { return readModelConfig(folder.path()).error().message; };
    CHECK(said().find("an empty folder") != std::string::npos);
    test::writeBytes(folder.path() / "pytorch_model.bin", "x");
    CHECK(said().find("pytorch_model.bin") != std::string::npos);
    test::writeBytes(folder.path() / "small.gguf", "x");
    CHECK(said().find("small.gguf (name that file") != std::string::npos);
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("{\"model_type\":"), std::string(100000, '['),
          "{\"a\":" + std::string(100000, '{'), std::string("NaN"), std::string(smallLlama().dump().substr(0, 100))}) {
        test::writeBytes(folder.path() / "config.json", text);
        const auto model = readModelConfig(folder.path());
        REQUIRE_FALSE(model);
        CHECK(model.error().kind == ErrorKind::input);
    }
}

TEST_CASE("configured factors give the frequencies of transformers on the tiny models") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    for (const char* model : {"tiny_llama", "tiny_llama_sharded", "tiny_llama_bf16", "tiny_neox", "tiny_phi3",
                              "tiny_qwen2", "tiny_qwen3"}) {
        INFO(model);
        const auto config = readModelConfig(models / model).value();
        const auto golden = json::parse(readFile(models / model / "golden.json").value());
        for (const auto& [run, length] : {std::pair("config", 128), std::pair("config_short48", 48)}) {
            if (!golden.at("runs").contains(run))
                continue;
            const auto& expected = golden.at("runs").at(run);
            const FactorSet set = configuredFactors(config, length);
            CHECK(set.attentionFactor == Approx(expected.at("attention_factor").get<double>()).epsilon(1e-15));
            const auto frequencies = inverseFrequencies(config.rope, set);
            const auto reference = expected.at("inv_freq").get<std::vector<double>>();
            REQUIRE(frequencies.size() == reference.size());
            for (std::size_t pair = 0; pair < reference.size(); ++pair)
                CHECK(frequencies[pair] == Approx(reference[pair]).epsilon(2e-7));
        }
    }
}
