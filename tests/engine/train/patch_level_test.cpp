// Patch-level training against numbers recorded from the authors' program.
#include <array>
#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/model/checkpoint.h"
#include "engine/model/detail/attention.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/vocabulary_head.h"
#include "engine/model/detail/weight_loader.h"
#include "engine/train/detail/adamw.h"
#include "engine/train/detail/batch_gradient.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;
using namespace ropescope::detail;
using nlohmann::json;

namespace {

class Gradients final : public ParameterVisitor {
public:
    void linear(Linear& layer) override {
        for (const WeightPart& part : layer.parts)
            byName[part.name + ".weight"] = layer.weight.grad().narrow(0, part.firstRow, part.rows);
    }
    void rmsNorm(RmsNorm& norm) override { byName[norm.name + ".weight"] = norm.weight.grad(); }
    void layerNorm(LayerNorm&) override {}
    std::map<std::string, at::Tensor> byName;
};

// The fixture's model with gradients on.
struct Subject {
    ModelConfig config;
    std::unique_ptr<Network> network;
    std::unique_ptr<TrainedWeights> weights;
    FactorSet factors;

    explicit Subject(const std::filesystem::path& folder) : config(readModelConfig(folder).value()) {
        {
            const at::NoGradGuard noGraph;
            WeightLoader loader(openCheckpoint(folder).value(), at::kFloat, at::kCPU, {});
            network = buildNetwork(config, loader);
        }
        weights = trainAll(*network);
        factors = unscaled(config.rope);
    }

    double gradients(const at::Tensor& ids, const at::Tensor& labels, std::int64_t patch,
                     at::ScalarType type = at::kFloat) {
        const std::array sets{static_cast<const FactorSet*>(&factors)};
        FactorRotary rotary(config.rope, sets);
        return addGradients(*network, weights->math(), rotary,
                            {ids, labels, patch, slotWeights(patchTargets(labels, patch))}, type, {});
    }

    std::map<std::string, at::Tensor> byName() {
        Gradients gradients;
        network->visit(gradients);
        return gradients.byName;
    }

    // [2, patches, vocabulary]
    at::Tensor logitsOf(const at::Tensor& ids, std::int64_t patch) {
        const at::NoGradGuard noGraph;
        const std::array sets{static_cast<const FactorSet*>(&factors)};
        FactorRotary rotary(config.rope, sets);
        const auto attention = makeAttention(FullAttention{}, {rotary, network->layers(), at::kFloat, at::kCPU});
        const at::Tensor hidden =
            runLayers(*network, patchEmbeddings(network->embed(ids), patch), {weights->math(), *attention, {}});
        return logits(*network, hidden.flatten(0, 1), weights->math()).unflatten(0, {ids.size(0), -1});
    }
};

at::Tensor idsOf(const json& golden) {
    std::vector<std::int64_t> all;
    for (const json& row : golden.at("ids"))
        for (const json& id : row)
            all.push_back(id.get<std::int64_t>());
    return at::tensor(all, at::kLong).view({static_cast<std::int64_t>(golden.at("ids").size()), -1});
}

void checkFirst(const at::Tensor& tensor, const json& expected, double margin) {
    const at::Tensor flat = tensor.detach().flatten().contiguous();
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(flat[static_cast<std::int64_t>(i)].item<double>() == Approx(expected[i].get<double>()).margin(margin));
}

double normOf(const at::Tensor& tensor) {
    return tensor.detach().norm().item<double>();
}

void checkGradients(Subject& subject, const json& expected) {
    const auto gradients = subject.byName();
    for (const auto& [name, values] : expected.items()) {
        if (name == "total_norm") {
            CHECK(clipGradients(subject.weights->trained(), 0) == Approx(values.get<double>()).epsilon(1e-4));
            continue;
        }
        INFO(name);
        const at::Tensor& gradient = gradients.at(name);
        CHECK(normOf(gradient) == Approx(values.at("norm").get<double>()).epsilon(1e-4));
        checkFirst(gradient, values.at("first8"), 1e-5);
        if (values.contains("row"))
            checkFirst(gradient[values.at("row").get<std::int64_t>()], values.at("row_first8"), 1e-5);
    }
}

std::vector<TokenId> flatIds(const json& golden) {
    std::vector<TokenId> ids;
    for (const json& row : golden.at("ids"))
        for (const json& id : row)
            ids.push_back(id.get<TokenId>());
    return ids;
}

// The fixture's recorded optimizer: AdamW, everything decayed, no clipping.
TrainingPlan recordedPlan(const std::filesystem::path& model, const std::filesystem::path& output, std::int64_t steps) {
    TrainingPlan plan = test::planFor(ExistingModel{model}, output);
    PatchMethod method;
    method.patch = 2;
    method.share = 1;
    plan.method = method;
    plan.length = 48;
    plan.steps = steps;
    plan.optimizer.learningRate = 1e-3;
    plan.optimizer.weightDecay = 0.1;
    plan.optimizer.decay = DecayGroup::all;
    return plan;
}

} // namespace

TEST_CASE("patch-level loss, logits and gradients are the authors'") {
    ROPESCOPE_FIXTURE(goldenFile, "patch_level/golden.json");
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const json golden = json::parse(std::ifstream(goldenFile));
    const at::Tensor ids = idsOf(golden);
    for (const std::int64_t patch : {1, 2, 4}) {
        const json& expected = golden.at("cases").at("K" + std::to_string(patch));
        INFO("patches of " << patch);
        Subject subject(model);
        CHECK(subject.gradients(ids, ids, patch) == Approx(expected.at("loss").get<double>()).margin(1e-5));
        checkGradients(subject, expected.at("grad"));
        const at::Tensor logits = subject.logitsOf(ids, patch);
        REQUIRE(logits.size(1) == expected.at("num_patches").get<std::int64_t>());
        CHECK(normOf(logits) == Approx(expected.at("logits_norm").get<double>()).epsilon(1e-5));
        const at::Tensor embedded = patchEmbeddings(subject.network->embed(ids), patch);
        for (std::int64_t row = 0; row < 2; ++row) {
            const auto at = static_cast<std::size_t>(row);
            checkFirst(logits[row][0], expected.at("logits_first_first8")[at], 1e-4);
            checkFirst(logits[row][logits.size(1) - 1], expected.at("logits_last_first8")[at], 1e-4);
            checkFirst(embedded[row][1], expected.at("patch_embedding_1_first8")[at], 1e-6);
        }
        const json& mixed = golden.at("training_mode").at("K" + std::to_string(patch) + "_bf16_autocast");
        Subject narrow(model);
        CHECK(narrow.gradients(ids, ids, patch, at::kBFloat16) == Approx(mixed.at("loss").get<double>()).margin(5e-3));
        CHECK(clipGradients(narrow.weights->trained(), 0) ==
              Approx(mixed.at("grad_total_norm").get<double>()).epsilon(0.02));
    }
}

TEST_CASE("labels that are left out change the mean of their slot only, and an empty slot is refused") {
    ROPESCOPE_FIXTURE(goldenFile, "patch_level/golden.json");
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const json golden = json::parse(std::ifstream(goldenFile));
    const at::Tensor ids = idsOf(golden);
    const json& expected = golden.at("cases").at("K2_masked_labels");
    at::Tensor labels = ids.clone();
    for (std::int64_t row = 0; row < 2; ++row)
        for (const json& position : expected.at("masked_positions")[static_cast<std::size_t>(row)])
            labels[row][position.get<std::int64_t>()] = -100;
    Subject subject(model);
    CHECK(subject.gradients(ids, labels, 2) == Approx(expected.at("loss").get<double>()).margin(1e-5));
    checkGradients(subject, expected.at("grad"));

    at::Tensor odd = ids.clone();
    odd.slice(1, 1, std::nullopt, 2).fill_(-100);
    CHECK_THROWS_AS(slotWeights(patchTargets(odd, 2)), EngineFailure);
}

TEST_CASE("the order inside a patch means nothing; a padding id is text, and its embedding learns") {
    ROPESCOPE_FIXTURE(goldenFile, "patch_level/golden.json");
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const json golden = json::parse(std::ifstream(goldenFile));
    const at::Tensor ids = idsOf(golden);
    const json& permuted = golden.at("cases").at("K4_permuted_inside_patches");
    const auto order = permuted.at("slot_order").get<std::vector<std::int64_t>>();
    const at::Tensor shuffled = ids.unflatten(1, {-1, 4}).index_select(2, at::tensor(order, at::kLong)).flatten(1);
    CHECK(Subject(model).gradients(shuffled, shuffled, 4) == Approx(permuted.at("loss").get<double>()).margin(1e-5));

    const json& padded = golden.at("cases").at("K2_pad_id_in_text");
    at::Tensor withPadding = ids.clone();
    for (const json& place : padded.at("id_287_at"))
        withPadding[place[0].get<std::int64_t>()][place[1].get<std::int64_t>()] = 287;
    Subject subject(model);
    CHECK(subject.gradients(withPadding, withPadding, 2) == Approx(padded.at("loss").get<double>()).margin(1e-5));
    const auto gradients = subject.byName();
    CHECK(normOf(gradients.at("lm_head.weight")[287]) ==
          Approx(padded.at("lm_head_grad_row_287_norm").get<double>()).epsilon(1e-4));
    // PyTorch's padding_idx holds this one row back in the authors' program; all others agree.
    const at::Tensor& embedding = gradients.at("model.embed_tokens.weight");
    CHECK(normOf(embedding[287]) > 0);
    CHECK(normOf(embedding.narrow(0, 0, 287)) == Approx(padded.at("embed_grad_norm").get<double>()).epsilon(1e-4));
}

TEST_CASE("optimizer steps on patches are the authors'") {
    ROPESCOPE_FIXTURE(goldenFile, "patch_level/golden.json");
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const json golden = json::parse(std::ifstream(goldenFile));
    const CorpusText text = test::textOf(flatIds(golden), true);
    const auto checkAfter = [](const std::filesystem::path& folder, const json& after, double margin) {
        const auto weights = openCheckpoint(folder).value();
        for (const auto& [name, expected] : after.items()) {
            INFO(name);
            const StoredTensor* tensor = weights->find(name);
            REQUIRE(tensor);
            std::vector<float> values(static_cast<std::size_t>(tensor->elements()));
            readRows(*tensor, 0, tensor->shape.front(), values);
            double squares = 0;
            for (const float value : values)
                squares += static_cast<double>(value) * value;
            CHECK(std::sqrt(squares) == Approx(expected.at("norm").get<double>()).epsilon(1e-6));
            for (std::size_t i = 0; i < expected.at("first8").size(); ++i)
                CHECK(values[i] == Approx(expected.at("first8")[i].get<double>()).margin(margin));
        }
    };
    const test::TemporaryFolder folder;
    const json& one = golden.at("K2_step");
    const auto first = test::trained(recordedPlan(model, folder.path() / "one", 1), text);
    CHECK(first.losses.front() == Approx(one.at("loss_before").get<double>()).margin(1e-5));
    CHECK(first.tokens == 192);
    checkAfter(folder.path() / "one", one.at("after"), 1e-6);

    const json& three = golden.at("K2_three_steps");
    const auto report = test::trained(recordedPlan(model, folder.path() / "three", 3), text);
    for (std::size_t step = 0; step < 3; ++step)
        CHECK(report.losses[step] == Approx(three.at("losses")[step].get<double>()).margin(1e-4));
    checkAfter(folder.path() / "three", three.at("after"), 1e-5);
}
