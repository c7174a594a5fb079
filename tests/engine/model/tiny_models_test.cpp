// Every architecture against the recorded logits and NLLs of the tiny random models.
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "tests/engine/model/models.h"
#include "tests/support/catch.h"

using namespace ropescope;
using nlohmann::json;

namespace {

constexpr double logitTolerance = 2e-4;
constexpr double nllTolerance = 1e-5;

const std::vector<std::string> tinyModels = {"tiny_llama", "tiny_llama_bf16", "tiny_llama_sharded", "tiny_neox",
                                             "tiny_phi3",  "tiny_qwen2",      "tiny_qwen3"};

json readJson(const std::filesystem::path& path) {
    return json::parse(readFile(path).value());
}

// A float32 NumPy array of two axes.
std::vector<std::vector<float>> readNpy(const std::filesystem::path& path) {
    const Result<std::string> read = readFile(path);
    REQUIRE(read.has_value());
    const std::string_view file = *read;
    const std::size_t headerLength =
        static_cast<unsigned char>(file.at(8)) + 256U * static_cast<unsigned char>(file.at(9));
    const std::string header(file.substr(10, headerLength));
    REQUIRE(header.find("'<f4'") != std::string::npos);
    std::size_t rows = 0, columns = 0;
    REQUIRE(std::sscanf(header.c_str() + header.find("'shape': ("), "'shape': (%zu, %zu)", &rows, &columns) == 2);
    std::vector<std::vector<float>> values(rows, std::vector<float>(columns));
    for (std::size_t row = 0; row < rows; ++row)
        std::copy_n(file.data() + 10 + headerLength + row * columns * sizeof(float), columns * sizeof(float),
                    reinterpret_cast<char*>(values[row].data()));
    return values;
}

FactorSet factorsOf(const std::string& run, const json& recorded, const ModelConfig& config, std::int64_t length) {
    if (run.starts_with("config"))
        return configuredFactors(config, length);
    FactorSet set = unscaled(config.rope);
    if (recorded.contains("factors"))
        set.factors = recorded["factors"].get<std::vector<double>>();
    set.attentionFactor = recorded["attention_factor"];
    return set;
}

double largestDifference(const std::vector<float>& found, const std::vector<float>& expected) {
    double largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(found[i]) - expected[i]));
    return largest;
}

} // namespace

TEST_CASE("every architecture gives the recorded NLLs and last logits under every factor set") {
    for (const std::string& name : tinyModels) {
        ROPESCOPE_FIXTURE(folder, std::filesystem::path("tiny_models") / name);
        const std::shared_ptr<LanguageModel> model = test::loadModel(folder);
        const json golden = readJson(folder / "golden.json");
        const auto ids = golden["ids"].get<std::vector<TokenId>>();
        for (const auto& [run, recorded] : golden["runs"].items()) {
            INFO(name << ", run " << run);
            const std::span<const TokenId> text(ids.data(), run.ends_with("short48") ? 48 : ids.size());
            const FactorSet factors = factorsOf(run, recorded, model->config(), static_cast<std::int64_t>(text.size()));
            CHECK(test::mean(test::nllOf(*model, text, factors)) ==
                  Approx(recorded["mean_nll"].get<double>()).margin(nllTolerance).epsilon(0));
            const std::unique_ptr<DecodingSession> session = model->startDecoding(factors, FullAttention{});
            const std::vector<float> last = test::fed(*session, text);
            CHECK(last.size() == static_cast<std::size_t>(model->config().vocabulary));
            CHECK(largestDifference(last, recorded["last_position_logits_first32"].get<std::vector<float>>()) <
                  logitTolerance);
        }
    }
}

TEST_CASE("decoding token by token gives the recorded logits of every position") {
    for (const std::string& name : tinyModels) {
        ROPESCOPE_FIXTURE(folder, std::filesystem::path("tiny_models") / name);
        const std::shared_ptr<LanguageModel> model = test::loadModel(folder);
        const json golden = readJson(folder / "golden.json");
        const auto ids = golden["ids"].get<std::vector<TokenId>>();
        for (const auto& [run, recorded] : golden["runs"].items()) {
            for (const char* suffix : {"", "_last32"}) {
                const std::filesystem::path file = folder / ("logits_" + run + suffix + ".npy");
                if (!std::filesystem::exists(file))
                    continue;
                INFO(file);
                const std::vector<std::vector<float>> expected = readNpy(file);
                const std::unique_ptr<DecodingSession> session = model->startDecoding(
                    factorsOf(run, recorded, model->config(), static_cast<std::int64_t>(ids.size())), FullAttention{});
                double largest = 0;
                for (std::size_t position = 0; position < ids.size(); ++position) {
                    const std::vector<float> found = test::fed(*session, {&ids[position], 1});
                    if (position + expected.size() >= ids.size())
                        largest = std::max(largest,
                                           largestDifference(found, expected[position + expected.size() - ids.size()]));
                }
                CHECK(largest < logitTolerance);
            }
        }
    }
}
