// A model with a sliding window in some of its layers is trained under the same masks as it runs with.
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/detail/attention.h"
#include "engine/model/detail/vocabulary_head.h"
#include "engine/model/detail/weight_loader.h"
#include "engine/train/detail/batch_gradient.h"
#include "engine/train/detail/trained_weights.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;
using namespace ropescope::detail;

namespace {

constexpr std::int64_t window = 24;

// Every score, the ones out of sight masked: the definition.
class MaskedAttention final : public Attention {
public:
    MaskedAttention(const AttentionBatch& batch, std::vector<bool> full) : m_batch(batch), m_full(std::move(full)) {}

    void begin(std::int64_t count) override { m_tables = m_batch.tables(0, count); }
    at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value, const BlockMath&,
                      const std::stop_token&) override {
        const std::int64_t count = query.size(1);
        const at::Tensor distance = at::arange(count).unsqueeze(1) - at::arange(count).unsqueeze(0);
        at::Tensor unseen = distance.lt(0);
        if (!m_full[static_cast<std::size_t>(layer)])
            unseen = unseen.logical_or(distance.ge(window));
        const auto heads = [&](const at::Tensor& x) {
            return x.repeat_interleave(query.size(2) / x.size(2), 2).transpose(1, 2);
        };
        const at::Tensor q = heads(plainMath().rotate(query, m_tables)), k = heads(plainMath().rotate(key, m_tables));
        const at::Tensor scores = at::matmul(q, k.transpose(-1, -2)) / std::sqrt(static_cast<double>(q.size(-1)));
        const at::Tensor weights =
            at::softmax(scores.masked_fill(unseen, -std::numeric_limits<double>::infinity()), -1);
        return at::matmul(weights, heads(value)).transpose(1, 2).flatten(2);
    }

private:
    AttentionBatch m_batch;
    std::vector<bool> m_full;
    RotaryTables m_tables;
};

class Gradients final : public ParameterVisitor {
public:
    void linear(Linear& layer) override { take(layer.parts.front().name, layer.weight); }
    void rmsNorm(RmsNorm& norm) override { take(norm.name, norm.weight); }
    void layerNorm(LayerNorm& norm) override { take(norm.name, norm.weight); }
    std::map<std::string, at::Tensor> byName;

private:
    void take(const std::string& name, at::Tensor& weight) {
        byName[name] = weight.grad().clone();
        weight.grad().zero_();
    }
};

// The bundled model's weights with a window in two of the four layers.
std::filesystem::path mixedModel(const test::TemporaryFolder& folder) {
    const auto demo = std::filesystem::path(ROPESCOPE_RESOURCES) / "demo" / "model";
    std::filesystem::copy(demo, folder.path() / "model", std::filesystem::copy_options::recursive);
    auto config = nlohmann::json::parse(readFile(demo / "config.json").value());
    config.update({{"model_type", "mistral"},
                   {"sliding_window", window},
                   {"layer_types", {"full_attention", "sliding_attention", "full_attention", "sliding_attention"}}});
    REQUIRE(writeFileAtomically(folder.path() / "model" / "config.json", config.dump()));
    return folder.path() / "model";
}

} // namespace

TEST_CASE("training a model with windows in some layers is training under their masks") {
    const test::TemporaryFolder folder;
    const auto path = mixedModel(folder);
    const ModelConfig config = readModelConfig(path).value();
    std::unique_ptr<Network> network;
    {
        const at::NoGradGuard noGraph;
        WeightLoader loader(openCheckpoint(path).value(), at::kFloat, at::kCPU, {});
        network = buildNetwork(config, loader);
    }
    const auto weights = trainAll(*network);
    const FactorSet factors = unscaled(config.rope);
    const std::array sets{&factors};
    FactorRotary rotary(config.rope, sets);
    const at::Tensor ids = at::arange(240).mul(7919).remainder(1021).view({2, 120});
    const auto target = patchTargets(ids, 1);

    const auto reference = [&](std::vector<bool> full) {
        MaskedAttention attention({rotary, network->layers(), at::kFloat, at::kCPU}, std::move(full));
        at::Tensor embedded;
        {
            const at::AutoGradMode recording(true);
            embedded = network->embed(ids);
        }
        return backwardToEmbedding(*network, embedded, {plainMath(), attention, {}},
                                   nllHead(*network, plainMath(), target, slotWeights(target), {}));
    };
    const double expected = reference(config.fullLayers);
    Gradients masked;
    network->visit(masked);
    const double loss =
        addGradients(*network, weights->math(), rotary, {ids, ids, 1, slotWeights(target), &config}, at::kFloat, {});
    Gradients own;
    network->visit(own);
    CHECK(loss == Approx(expected).epsilon(1e-6));
    REQUIRE(own.byName.size() == masked.byName.size());
    for (const auto& [name, gradient] : masked.byName) {
        INFO(name);
        const double scale = gradient.abs().max().item<double>();
        CHECK((own.byName.at(name) - gradient).abs().max().item<double>() < 1e-4 * scale);
    }
    // The window is no formality at this length.
    CHECK(std::abs(reference({true, true, true, true}) - expected) > 1e-3);
}

TEST_CASE("a run on sequences beyond the sliding window trains, and its model keeps the window") {
    const test::TemporaryFolder folder;
    const auto path = mixedModel(folder);
    TrainingPlan plan = test::planFor(ExistingModel{path}, folder.path() / "out");
    plan.length = 96;
    plan.optimizer.learningRate = 1e-4;
    const CorpusText text = test::textOf(test::pseudoRandomIds(8 * 96, 3, 1000), true);
    const TrainingReport report = test::trained(plan, text);
    CHECK(report.steps == plan.steps);
    for (const double loss : report.losses)
        CHECK(std::isfinite(loss));
    const ModelConfig trained = readModelConfig(plan.output).value();
    CHECK(trained.slidingWindow == window);
    CHECK(trained.fullLayers == readModelConfig(path).value().fullLayers);
}
