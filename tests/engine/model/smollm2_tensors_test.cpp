#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"
#include "tests/engine/model/smollm2.h"
#include "tests/support/catch.h"

using namespace ropescope;

namespace {

std::vector<float> firstValues(const StoredTensor& tensor, std::int64_t row, std::size_t count) {
    const std::int64_t width = tensor.shape.size() > 1 ? tensor.elements() / tensor.shape[0] : 1;
    const std::int64_t rows = tensor.shape.size() > 1 ? 1 : static_cast<std::int64_t>(count);
    std::vector<float> values(static_cast<std::size_t>(width * rows));
    readRows(tensor, row, rows, values);
    values.resize(count);
    return values;
}

} // namespace

TEST_CASE("tensors of a real GGUF file have Hugging Face's names, order and exact values") {
    ROPESCOPE_FIXTURE(golden, "smollm2/tensors.json");
    const auto file = test::smollm2File();
    if (file.empty())
        ROPESCOPE_SKIP("no SmolLM2 file (set ROPESCOPE_SMOLLM2)");
    const auto checkpoint = openCheckpoint(file);
    REQUIRE(checkpoint);
    CHECK((*checkpoint)->tensors().size() == 272);

    const auto json = nlohmann::json::parse(readFile(golden).value());
    for (const auto& expected : json.at("tensors")) {
        INFO(expected.at("name"));
        const StoredTensor* tensor = (*checkpoint)->find(expected.at("hf_name").get<std::string>());
        REQUIRE(tensor);
        CHECK(name(tensor->type) == expected.at("type").get<std::string>());
        CHECK(tensor->bytes.size() == expected.at("n_bytes").get<std::size_t>());
        // Row 0 stays in place under the permutation of q and k rows; the file's second row does not.
        CHECK(firstValues(*tensor, 0, 8) == expected.at("first8").get<std::vector<float>>());
        if (expected.contains("hf_row1_first8"))
            CHECK(firstValues(*tensor, 1, 8) == expected.at("hf_row1_first8").get<std::vector<float>>());

        std::vector<float> all(static_cast<std::size_t>(tensor->elements()));
        readRows(*tensor, 0, tensor->shape[0], all);
        double sum = 0, absolute = 0;
        for (const float value : all) {
            sum += value;
            absolute += std::fabs(value);
        }
        CHECK(sum == Approx(expected.at("sum").get<double>()).epsilon(1e-9));
        CHECK(absolute == Approx(expected.at("abs_sum").get<double>()).epsilon(1e-9));
    }
}

TEST_CASE("a real GGUF file says what the model is") {
    const auto file = test::smollm2File();
    if (file.empty())
        ROPESCOPE_SKIP("no SmolLM2 file (set ROPESCOPE_SMOLLM2)");
    const auto config = readModelConfig(file);
    REQUIRE(config);
    CHECK(config->architecture == Architecture::llama);
    CHECK(config->layers == 30);
    CHECK(config->heads == 9);
    CHECK(config->kvHeads == 3);
    CHECK(config->rope.headDim == 64);
    CHECK(config->rope.theta == 100000);
    CHECK(config->rope.trainedLength == 8192);
    CHECK(config->vocabulary == 49152);
    CHECK(config->tiedEmbeddings);
    CHECK(config->normEpsilon == static_cast<double>(1e-5F));
    CHECK(std::holds_alternative<NoScaling>(config->scaling));
}
