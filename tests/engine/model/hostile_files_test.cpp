// Thousands of damaged model files: each is read or refused, none crashes and none makes the reader allocate
// more than its size can justify.
#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"
#include "engine/model/required_tensors.h"
#include "tests/engine/model/allocation_watch.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

// Everything that a command does with a model's files before it computes.
bool readEverything(const std::filesystem::path& path) {
    const auto config = readModelConfig(path);
    if (!config && config.error().kind != ErrorKind::input)
        throw std::runtime_error("an error that does not blame the file: " + config.error().message);
    if (config)
        for (const std::int64_t length : {1, 64, 100000})
            (void)configuredFactors(*config, length);
    const auto checkpoint = openCheckpoint(path);
    if (!checkpoint)
        return false;
    std::vector<float> values;
    for (const StoredTensor& tensor : (*checkpoint)->tensors()) {
        if (tensor.elements() > 1 << 20)
            throw std::runtime_error("more values than the file can hold");
        values.resize(static_cast<std::size_t>(tensor.elements()));
        readRows(tensor, 0, tensor.shape.empty() ? 1 : tensor.shape[0], values);
    }
    return config && checkTensors(**checkpoint, *config);
}

class Mutator {
public:
    explicit Mutator(unsigned seed) : m_random(seed) {}

    std::string mutate(std::string bytes) {
        for (int change = below(3); change >= 0; --change) {
            const auto at = static_cast<std::size_t>(below(static_cast<int>(bytes.size())));
            switch (below(5)) {
            case 0:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(8));
                break;
            case 2:
                for (std::size_t i = at; i < std::min(at + 8, bytes.size()); ++i)
                    bytes[i] = static_cast<char>(below(2) == 0 ? 0 : 255);
                break;
            case 3:
                bytes.insert(at, bytes.substr(static_cast<std::size_t>(below(static_cast<int>(bytes.size()))), 16));
                break;
            default:
                if (below(4) == 0)
                    bytes.resize(at + 1);
                else
                    bytes.erase(at, 1);
            }
            if (bytes.empty())
                bytes.assign(1, ' ');
        }
        return bytes;
    }

private:
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(m_random); }
    std::mt19937 m_random;
};

const std::string tinyConfig =
    R"({"model_type":"llama","hidden_size":4,"intermediate_size":4,"num_hidden_layers":1,"num_attention_heads":1,)"
    R"("vocab_size":4,"max_position_embeddings":64,"rms_norm_eps":1e-5,"tie_word_embeddings":true,)"
    R"("rope_parameters":{"rope_type":"longrope","short_factor":[1.0,2.0],"long_factor":[1.0,4.0],)"
    R"("original_max_position_embeddings":16,"rope_theta":100.0,"factor":4.0},"torch_dtype":"float32"})";

const std::pair<const char*, std::vector<std::int64_t>> tinyTensors[] = {
    {"model.embed_tokens.weight", {4, 4}},
    {"model.layers.0.input_layernorm.weight", {4}},
    {"model.layers.0.self_attn.q_proj.weight", {4, 4}},
    {"model.layers.0.self_attn.k_proj.weight", {4, 4}},
    {"model.layers.0.self_attn.v_proj.weight", {4, 4}},
    {"model.layers.0.self_attn.o_proj.weight", {4, 4}},
    {"model.layers.0.post_attention_layernorm.weight", {4}},
    {"model.layers.0.mlp.gate_proj.weight", {4, 4}},
    {"model.layers.0.mlp.up_proj.weight", {4, 4}},
    {"model.layers.0.mlp.down_proj.weight", {4, 4}},
    {"model.norm.weight", {4}},
};

std::string tinySafetensors() {
    std::string header = "{", data;
    for (const auto& [name, shape] : tinyTensors) {
        const std::size_t bytes = (shape.size() == 2 ? 16 : 4) * sizeof(float);
        header += fmt::format(R"({}"{}":{{"dtype":"F32","shape":{},"data_offsets":[{},{}]}})", data.empty() ? "" : ",",
                              name, shapeText(shape), data.size(), data.size() + bytes);
        data.append(bytes, '\0');
    }
    return test::safetensorsBytes(header + "}", data);
}

std::string tinyGguf() {
    test::GgufWriter writer;
    const std::string matrix(16 * sizeof(float), '\0'), vector(4 * sizeof(float), '\0');
    writer.text("general.architecture", "llama")
        .u32("general.alignment", 32)
        .u32("llama.block_count", 1)
        .u32("llama.context_length", 64)
        .u32("llama.embedding_length", 4)
        .u32("llama.feed_forward_length", 4)
        .u32("llama.attention.head_count", 1)
        .f32("llama.attention.layer_norm_rms_epsilon", 1e-5F)
        .text("llama.rope.scaling.type", "yarn")
        .f32("llama.rope.scaling.factor", 4)
        .u32("llama.rope.scaling.original_context_length", 16)
        .tensor("token_embd.weight", {4, 4}, 0, matrix)
        .tensor("output_norm.weight", {4}, 0, vector);
    for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"})
        writer.tensor(fmt::format("blk.0.{}.weight", name), {4, 4}, 0, matrix);
    for (const char* name : {"attn_norm", "ffn_norm"})
        writer.tensor(fmt::format("blk.0.{}.weight", name), {4}, 0, vector);
    return writer.bytes();
}

constexpr std::size_t allowance = 4 << 20; // a vector of names for the largest number of layers

} // namespace

TEST_CASE("damaged GGUF files are read or refused") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "model.gguf";
    const std::string whole = tinyGguf();
    test::writeBytes(file, whole);
    REQUIRE(readEverything(file));
    test::forgetAllocations();
    for (std::size_t length = 0; length < whole.size(); length += 3) {
        test::writeBytes(file, whole.substr(0, length));
        CHECK_FALSE(readEverything(file));
    }
    Mutator mutator(1);
    for (int round = 0; round < 4000; ++round) {
        test::writeBytes(file, mutator.mutate(whole));
        (void)readEverything(file);
    }
    CHECK(test::largestAllocation() < allowance);
}

TEST_CASE("damaged safetensors files are read or refused") {
    const test::TemporaryFolder folder;
    test::writeBytes(folder.path() / "config.json", tinyConfig);
    const std::string whole = tinySafetensors();
    test::writeBytes(folder.path() / "model.safetensors", whole);
    REQUIRE(readEverything(folder.path()));
    test::forgetAllocations();
    Mutator mutator(2);
    for (int round = 0; round < 4000; ++round) {
        test::writeBytes(folder.path() / "model.safetensors", mutator.mutate(whole));
        (void)readEverything(folder.path());
    }
    CHECK(test::largestAllocation() < allowance);
}

TEST_CASE("damaged configurations are read or refused") {
    const test::TemporaryFolder folder;
    test::writeBytes(folder.path() / "model.safetensors", tinySafetensors());
    test::forgetAllocations();
    Mutator mutator(3);
    for (int round = 0; round < 4000; ++round) {
        test::writeBytes(folder.path() / "config.json", mutator.mutate(tinyConfig));
        (void)readEverything(folder.path());
    }
    CHECK(test::largestAllocation() < allowance);
}
