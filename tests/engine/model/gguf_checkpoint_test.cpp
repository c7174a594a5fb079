#include <cmath>

#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"
#include "engine/model/required_tensors.h"
#include "tests/engine/model/converted_model.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using test::GgufValue;
using test::GgufWriter;

namespace {

std::vector<float> allValues(const StoredTensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    readRows(tensor, 0, tensor.shape[0], values);
    return values;
}

// A file of one layer, one head and almost nothing in it.
GgufWriter smallest(const std::string& architecture = "llama", float epsilon = 1e-5F) {
    GgufWriter writer;
    const std::string floats(16 * sizeof(float), '\0');
    writer.text("general.architecture", architecture)
        .u32(architecture + ".block_count", 1)
        .u32(architecture + ".context_length", 64)
        .u32(architecture + ".embedding_length", 4)
        .u32(architecture + ".feed_forward_length", 4)
        .u32(architecture + ".attention.head_count", 1)
        .f32(architecture + ".attention.layer_norm_rms_epsilon", epsilon)
        .tensor("token_embd.weight", {4, 4}, 0, floats);
    return writer;
}

class GgufFolder {
public:
    std::filesystem::path write(const std::string& bytes, const std::string& name = "model.gguf") const {
        test::writeBytes(m_folder.path() / name, bytes);
        return m_folder.path() / name;
    }
    ModelConfig config(const GgufWriter& writer) const { return readModelConfig(write(writer.bytes())).value(); }

    // What is said of a configuration or of weights that must be refused.
    std::string configRefusal(const GgufWriter& writer) const {
        return refusal(readModelConfig(write(writer.bytes())));
    }
    std::string weightsRefusal(const GgufWriter& writer) const {
        return refusal(openCheckpoint(write(writer.bytes())));
    }

    template <class T>
    static std::string refusal(const Result<T>& result) {
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == ErrorKind::input);
        CHECK(result.error().message.find(".gguf") != std::string::npos);
        CHECK(result.error().message.find("expected") != std::string::npos);
        return result.error().message;
    }

private:
    test::TemporaryFolder m_folder;
};

} // namespace

TEST_CASE("a model converted to GGUF reads as the checkpoint it came from") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const char* model = GENERATE("tiny_llama", "tiny_qwen2", "tiny_qwen3", "tiny_phi3", "tiny_neox");
    INFO(model);
    const auto config = readModelConfig(models / model).value();
    const auto original = openCheckpoint(models / model).value();
    GgufWriter writer = test::convertedKeys(config);
    test::addConverted(writer, *original, config);
    const GgufFolder folder;
    const auto file = folder.write(writer.bytes());

    const auto converted = openCheckpoint(file).value();
    for (const TensorShape& tensor : requiredTensors(config)) {
        INFO(tensor.name);
        const auto found = converted->require(tensor.name, tensor.shape);
        REQUIRE(found);
        CHECK(allValues(**found) == allValues(*original->find(tensor.name)));
    }
    const auto read = readModelConfig(file).value();
    CHECK(read.architecture == config.architecture);
    CHECK(read.tiedEmbeddings == config.tiedEmbeddings);
    CHECK(read.queryKeyValueBias == config.queryKeyValueBias);
    CHECK(read.mlpBias == config.mlpBias);
    CHECK(read.queryKeyNorm == config.queryKeyNorm);
    CHECK(read.activation == config.activation);
    CHECK(read.rope.headDim == config.rope.headDim);
    CHECK(read.rope.rotaryDim == config.rope.rotaryDim);
    CHECK(read.vocabulary == config.vocabulary);
    CHECK(checkTensors(*converted, read));
    CHECK(parameterCount(read) == parameterCount(config));
}

TEST_CASE("rows read one at a time or together are the same") {
    GgufWriter writer = smallest();
    std::string values;
    for (int value = 0; value < 12 * 4; ++value)
        values += GgufWriter::raw(static_cast<float>(value));
    writer.u32("llama.attention.head_count_kv", 2).tensor("blk.0.attn_k.weight", {4, 12}, 0, values);
    std::string bias;
    for (int value = 0; value < 12; ++value)
        bias += GgufWriter::raw(static_cast<float>(value));
    writer.tensor("blk.0.attn_k.bias", {12}, 0, bias);
    const GgufFolder folder;
    const auto checkpoint = openCheckpoint(folder.write(writer.bytes())).value();
    const StoredTensor* weight = checkpoint->find("model.layers.0.self_attn.k_proj.weight");
    REQUIRE(weight);
    const auto all = allValues(*weight);
    // Two heads of six rows, stored 0 3 1 4 2 5 of each: Hugging Face's second row is the file's third.
    CHECK(all[4] == 2 * 4);
    CHECK(all[3 * 4] == 1 * 4);
    CHECK(all[9 * 4] == 7 * 4);
    for (std::int64_t row = 0; row < 12; ++row) {
        std::vector<float> one(4);
        readRows(*weight, row, 1, one);
        CHECK(std::equal(one.begin(), one.end(), all.begin() + row * 4));
    }
    CHECK(allValues(*checkpoint->find("model.layers.0.self_attn.k_proj.bias")) ==
          std::vector<float>{0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11});
}

TEST_CASE("rotary scaling is found in a GGUF file's keys and tensors") {
    const GgufFolder folder;
    const auto twoFloats = [](float first, float second) { return GgufWriter::raw(first) + GgufWriter::raw(second); };
    CHECK(std::holds_alternative<NoScaling>(folder.config(smallest()).scaling));
    CHECK(std::get<LinearScaling>(folder.config(smallest().f32("llama.rope.scaling.factor", 4)).scaling).factor == 4);

    const auto yarn = folder.config(smallest()
                                        .text("llama.rope.scaling.type", "yarn")
                                        .f32("llama.rope.scaling.factor", 4)
                                        .u32("llama.rope.scaling.original_context_length", 16));
    CHECK(yarn.rope.trainedLength == 16);
    CHECK(std::get<YarnScaling>(yarn.scaling).attentionFactor == Approx(0.1 * std::log(4.0) + 1));

    const auto fixed = folder.config(smallest().tensor("rope_freqs.weight", {2}, 0, twoFloats(1, 8)));
    CHECK(configuredFactors(fixed, 8).factors == std::vector<double>{1, 8});

    const auto lists = folder.config(smallest()
                                         .text("llama.rope.scaling.type", "longrope")
                                         .u32("llama.rope.scaling.original_context_length", 16)
                                         .f32("llama.rope.scaling.attn_factor", 1.25F)
                                         .tensor("rope_factors_short.weight", {2}, 0, twoFloats(1, 2))
                                         .tensor("rope_factors_long.weight", {2}, 0, twoFloats(3, 4)));
    CHECK(configuredFactors(lists, 16).factors == std::vector<double>{1, 2});
    CHECK(configuredFactors(lists, 17).factors == std::vector<double>{3, 4});
    CHECK(configuredFactors(lists, 17).attentionFactor == 1.25);

    // This architecture's graph passes no factors on (llama.cpp), so the tensor has no effect there.
    CHECK(std::holds_alternative<NoScaling>(
        folder.config(smallest("qwen2").tensor("rope_freqs.weight", {2}, 0, twoFloats(1, 8))).scaling));

    CHECK(folder.configRefusal(smallest().tensor("rope_freqs.weight", {3}, 0, twoFloats(1, 8)))
              .find("rope_freqs.weight") != std::string::npos);
    folder.configRefusal(smallest().tensor("rope_freqs.weight", {2}, 0, twoFloats(1, NAN)));
    folder.configRefusal(smallest().tensor("rope_freqs.weight", {2}, 0, twoFloats(1, 0)));
    folder.configRefusal(smallest().text("llama.rope.scaling.type", "quadratic"));
    folder.configRefusal(smallest().f32("llama.rope.scaling.factor", NAN));
}

TEST_CASE("GGUF keys that make no sense are refused by name") {
    const GgufFolder folder;
    const auto refused = [&](const GgufWriter& writer, const std::string& key) {
        CHECK(folder.configRefusal(writer).find(key) != std::string::npos);
    };
    refused(GgufWriter(), "general.architecture");
    refused(GgufWriter().text("general.architecture", "gemma2"), "gemma2");
    refused(GgufWriter().text("general.architecture", "llama"), "llama.block_count");
    refused(smallest().u32("llama.attention.head_count_kv", 3), "kv heads");
    refused(smallest().u32("llama.attention.key_length", 3), "rope.dimension_count");
    refused(smallest().u32("llama.rope.dimension_count", 2), "rope.dimension_count");
    refused(smallest().f32("llama.rope.freq_base", INFINITY), "rope.freq_base");
    refused(smallest().u32("llama.expert_count", 8), "expert_count");
    refused(smallest().array<std::uint32_t>("llama.attention.head_count_kv", GgufValue::u32, {1, 1}), "head_count_kv");
    refused(smallest("llama", NAN), "epsilon");
    refused(smallest("llama", 0), "epsilon");
}

TEST_CASE("GGUF tensors that lie are refused with their place") {
    const GgufFolder folder;
    const std::string floats(16 * sizeof(float), '\0');
    // Data beyond the end, a row that is no whole number of blocks, overlapping data, heads that don't divide rows.
    CHECK(folder.weightsRefusal(smallest().tensorAt("a", {1u << 30, 1u << 30}, 0, 0)).find("\"a\"") !=
          std::string::npos);
    CHECK(folder.weightsRefusal(smallest().tensor("a", {33}, 8, floats)).find("multiple of 32") != std::string::npos);
    CHECK(folder.weightsRefusal(smallest().tensorAt("a", {16}, 0, 32, floats)).find("overlapping") !=
          std::string::npos);
    folder.weightsRefusal(smallest().tensor("blk.0.attn_q.weight", {4, 3}, 0, floats));
    folder.weightsRefusal(smallest("gptneox").tensor("blk.0.attn_qkv.weight", {4, 4}, 0, floats));

    // A type of no use here is tolerated until it is asked for.
    const auto checkpoint = openCheckpoint(folder.write(smallest().tensor("other", {256}, 10, floats).bytes())).value();
    CHECK(checkpoint->require("other", {256}).error().message.find("ggml type 10") != std::string::npos);
}

TEST_CASE("a GGUF model in shards is one model") {
    const GgufFolder folder;
    const std::string floats(16 * sizeof(float), '\0');
    GgufWriter first = smallest();
    first.pair("split.count", GgufValue::u16, GgufWriter::raw(std::uint16_t{2}));
    GgufWriter second;
    second.pair("split.count", GgufValue::u16, GgufWriter::raw(std::uint16_t{2}))
        .tensor("output.weight", {4, 4}, 0, floats);
    const auto path = folder.write(first.bytes(), "m-00001-of-00002.gguf");
    CHECK(GgufFolder::refusal(openCheckpoint(path)).find("m-00002-of-00002.gguf") != std::string::npos);
    const auto other = folder.write(second.bytes(), "m-00002-of-00002.gguf");
    for (const auto& part : {path, other}) {
        CHECK(openCheckpoint(part).value()->tensors().size() == 2);
        CHECK_FALSE(readModelConfig(part).value().tiedEmbeddings);
    }
    folder.write(first.bytes(), "m-00002-of-00002.gguf");
    GgufFolder::refusal(openCheckpoint(path)); // the same tensor twice
    GgufFolder::refusal(openCheckpoint(folder.write(first.bytes(), "n-00001-of-00001.gguf")));
}
