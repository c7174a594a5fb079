// CEPE's training loss and its gradients against numbers recorded from the authors' program.
#include <array>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/weight_loader.h"
#include "engine/train/detail/cepe_objective.h"
#include "engine/train/detail/trained_weights.h"
#include "tests/support/catch.h"

using namespace ropescope;
using namespace ropescope::detail;
using nlohmann::json;

namespace {

void appendNumbers(const json& nested, std::vector<double>& out) {
    if (!nested.is_array()) {
        out.push_back(nested.get<double>());
        return;
    }
    for (const json& part : nested)
        appendNumbers(part, out);
}

at::Tensor tensorOf(const json& nested, std::vector<std::int64_t> shape, at::ScalarType type) {
    std::vector<double> flat;
    appendNumbers(nested, flat);
    return at::tensor(flat, at::kDouble).view(shape).to(type);
}

struct Subject {
    json golden;
    ModelConfig config;
    std::shared_ptr<CepeNetwork> network;
    FactorSet factors;
    std::unique_ptr<FactorRotary> rotary;

    explicit Subject(const std::filesystem::path& folder)
        : golden(json::parse(readFile(folder / "golden.json").value())), config(readModelConfig(folder).value()),
          factors(unscaled(config.rope)) {
        const at::NoGradGuard noGraph;
        WeightLoader loader(openCheckpoint(folder).value(), at::kFloat, at::kCPU, {});
        network = std::shared_ptr<CepeNetwork>(dynamic_cast<CepeNetwork*>(buildNetwork(config, loader).release()));
        const std::array sets{static_cast<const FactorSet*>(&factors)};
        rotary = std::make_unique<FactorRotary>(config.rope, sets);
    }

    CepeBatch batch(const json& one) const {
        CepeBatch made;
        made.ids = tensorOf(golden.at("input_ids"), {2, 24}, at::kLong);
        made.labels = made.ids.clone();
        if (!one.at("label_window").is_null())
            made.labels.narrow(1, 0, 24 - one.at("label_window").get<std::int64_t>()).fill_(CepeBatch::noLabel);
        made.context = ContextIds{tensorOf(golden.at("encoder_input_ids"), {2, 3, 16}, at::kLong),
                                  tensorOf(golden.at("encoder_attention_mask"), {2, 3, 16}, at::kBool)};
        if (const auto positions = one.at("distill_positions").get<std::int64_t>(); positions > 0) {
            const json& distill = golden.at("distill");
            made.teacher = TeacherTargets{
                tensorOf(distill.at("distill_prob"), {2, 24, 6}, at::kFloat).narrow(1, 24 - positions, positions),
                tensorOf(distill.at("distill_index"), {2, 24, 5}, at::kLong).narrow(1, 24 - positions, positions)};
        }
        return made;
    }

    CepeObjective objective(const json& one) const {
        return {network,
                plainMath(),
                *rotary,
                at::kFloat,
                {one.at("lm_loss_cof"), one.at("kl_loss_cof"),
                 parseDivergenceMode(one.at("kl_loss_mode").get<std::string>()).value()}};
    }
};

// A parameter that collects gradients, under its name in a checkpoint: rows of a stacked weight.
struct Parameter {
    std::string name;
    at::Tensor stacked;
    std::int64_t firstRow = 0, rows = 0;
};

class TrainedParts final : public ParameterVisitor {
public:
    void linear(Linear& layer) override {
        for (const WeightPart& part : layer.parts)
            add({part.name + ".weight", layer.weight, part.firstRow, part.rows});
    }
    void rmsNorm(RmsNorm& norm) override { add({norm.name + ".weight", norm.weight, 0, norm.weight.size(0)}); }
    void layerNorm(LayerNorm&) override { FAIL("CEPE has no layer norms"); }

    std::vector<Parameter> parameters;

private:
    void add(Parameter parameter) {
        if (parameter.stacked.requires_grad())
            parameters.push_back(std::move(parameter));
    }
};

// Freezes all but the weights that read the context.
std::vector<Parameter> trainContextReading(CepeNetwork& network, bool encoder) {
    const auto trained = trainChosen(network, [&](const std::string& name) { return readsContext(name, encoder); });
    TrainedParts parts;
    network.visit(parts);
    return parts.parameters;
}

at::Tensor gradientOf(const Parameter& parameter) {
    REQUIRE(parameter.stacked.grad().defined());
    return parameter.stacked.grad().narrow(0, parameter.firstRow, parameter.rows);
}

void checkFirst(const at::Tensor& found, const json& expected) {
    const at::Tensor flat = found.flatten();
    for (std::size_t index = 0; index < expected.size(); ++index)
        CHECK(flat[static_cast<std::int64_t>(index)].item<double>() ==
              Approx(expected.at(index).get<double>()).margin(1e-5).epsilon(0));
}

void checkGradients(const json& one, const std::vector<Parameter>& parameters) {
    std::map<std::string, at::Tensor> byName;
    double squares = 0;
    std::int64_t values = 0;
    for (const Parameter& parameter : parameters) {
        byName[parameter.name] = gradientOf(parameter);
        squares += byName[parameter.name].square().sum().item<double>();
        values += byName[parameter.name].numel();
    }
    CHECK(parameters.size() == one.at("trainable_tensors").get<std::size_t>());
    CHECK(values == one.at("trainable_parameters").get<std::int64_t>());
    CHECK(std::sqrt(squares) == Approx(one.at("grad_total_norm").get<double>()).epsilon(1e-4));
    for (const auto& [name, expected] : one.at("grad").items()) {
        INFO(name);
        REQUIRE(byName.contains(name));
        const at::Tensor& gradient = byName.at(name);
        CHECK(gradient.norm().item<double>() == Approx(expected.at("norm").get<double>()).epsilon(1e-4));
        checkFirst(gradient, expected.at("first8"));
        if (!expected.contains("row"))
            continue;
        checkFirst(gradient[expected.at("row").get<std::int64_t>()], expected.at("row_first8"));
        CHECK(gradient[0].norm().item<double>() == 0); // the padding id's
    }
}

} // namespace

TEST_CASE("CEPE's losses in every distillation mode are the recorded ones") {
    ROPESCOPE_FIXTURE(folder, "cepe");
    const Subject subject(folder);
    for (const auto& [name, one] : subject.golden.at("distill").at("cases").items()) {
        INFO(name);
        const CepeBatch batch = subject.batch(one);
        const CepeObjective objective = subject.objective(one);
        (void)trainContextReading(*subject.network, one.at("train_encoder").get<bool>());
        const CepeLoss loss = objective.addGradients(batch, 1, {});
        const double total = one.at("training").get<bool>() ? loss.total : loss.crossEntropy + loss.divergence;
        CHECK(total == Approx(one.at("loss").get<double>()).margin(2e-5).epsilon(0));
        CHECK(loss.crossEntropy == Approx(one.at("ce").get<double>()).margin(1e-5).epsilon(0));
        if (one.contains("kl_part"))
            CHECK(loss.divergence == Approx(one.at("kl_part").get<double>()).margin(2e-5).epsilon(0));
    }
}

// Where nothing but padding is in sight the authors' eager attention looks everywhere alike.
TEST_CASE("a context that is all padding is read as the authors' eager attention reads it") {
    ROPESCOPE_FIXTURE(folder, "cepe");
    const Subject subject(folder);
    const json& expected = subject.golden.at("cases").at("context_all_masked");
    CepeBatch batch = subject.batch(subject.golden.at("distill").at("cases").at("ce_only"));
    const auto firstRow = [](const at::Tensor& rows) { return rows.narrow(0, 0, 1); };
    batch.ids = firstRow(batch.ids);
    batch.labels = batch.ids.clone();
    batch.context = ContextIds{firstRow(batch.context->ids), at::zeros({1, 3, 16}, at::kBool)};
    const CepeObjective objective(subject.network, plainMath(), *subject.rotary, at::kFloat, {});
    CHECK(objective.addGradients(batch, 1, {}).crossEntropy ==
          Approx(expected.at("loss").get<double>()).margin(1e-5).epsilon(0));
    batch.labels.narrow(1, 0, 16).fill_(CepeBatch::noLabel);
    CHECK(objective.addGradients(batch, 1, {}).crossEntropy ==
          Approx(expected.at("loss_last_8_labels").get<double>()).margin(1e-5).epsilon(0));
}

TEST_CASE("the gradients of cross-attention and encoder are the recorded ones") {
    ROPESCOPE_FIXTURE(folder, "cepe");
    const json cases = json::parse(readFile(folder / "golden.json").value()).at("distill").at("cases");
    for (const char* name : {"ce_only", "ce_only_encoder_frozen", "drop_kl2_lm1"}) {
        INFO(name);
        const Subject subject(folder);
        const json& one = cases.at(name);
        const auto parameters = trainContextReading(*subject.network, one.at("train_encoder").get<bool>());
        (void)subject.objective(one).addGradients(subject.batch(one), 1, {});
        checkGradients(one, parameters);
    }
}

TEST_CASE("gradients of several encoder states agree with central differences, and shares add up") {
    ROPESCOPE_FIXTURE(folder, "cepe");
    Subject subject(folder);
    json settings = subject.golden.at("distill").at("cases").at("ce_only");
    CrossAttentionConfig cross = *subject.config.crossAttention;
    cross.severalStates = true;
    subject.config.crossAttention = std::make_shared<const CrossAttentionConfig>(cross);
    {
        const at::NoGradGuard noGraph;
        WeightLoader loader(openCheckpoint(folder).value(), at::kFloat, at::kCPU, {});
        subject.network =
            std::shared_ptr<CepeNetwork>(dynamic_cast<CepeNetwork*>(buildNetwork(subject.config, loader).release()));
    }
    const auto parameters = trainContextReading(*subject.network, true);
    const CepeBatch batch = subject.batch(settings);
    const CepeObjective objective = subject.objective(settings);
    (void)objective.addGradients(batch, 0.25, {});
    (void)objective.addGradients(batch, 0.75, {});
    std::map<std::string, double> gradients; // before more are added
    for (const Parameter& parameter : parameters)
        if (parameter.stacked.dim() == 2)
            gradients[parameter.name] = gradientOf(parameter)[1][2].item<double>();
    for (const Parameter& parameter : parameters) {
        if (parameter.name != "encoder.layers.0.mlp.down_proj.weight" &&
            parameter.name != "encoder.layers.1.self_attn.v_proj.weight")
            continue;
        INFO(parameter.name);
        constexpr double step = 1e-2;
        const double found = gradients.at(parameter.name);
        const auto lossWith = [&](double change) {
            at::Tensor place = parameter.stacked.detach()[parameter.firstRow + 1][2]; // shares the weight's storage
            place.add_(change);
            const double loss = objective.addGradients(batch, 1, {}).total;
            place.sub_(change);
            return loss;
        };
        CHECK(found == Approx((lossWith(step) - lossWith(-step)) / (2 * step)).margin(5e-4).epsilon(0));
    }
}

TEST_CASE("distillation modes by the authors' words, and what is no mode") {
    CHECK(std::get<SmoothedDivergence>(parseDivergenceMode("smooth_1e-6").value()).amount == 1e-6);
    CHECK(std::holds_alternative<DivergenceWithoutRest>(parseDivergenceMode("drop").value()));
    CHECK(std::holds_alternative<PlainDivergence>(parseDivergenceMode("hard").value()));
    for (const char* word :
         {"smooth", "smooth_", "smooth_x", "smooth_0", "smooth_-1"}) // the class's default raises too
        CHECK_FALSE(parseDivergenceMode(word));
}

TEST_CASE("a batch without labels or with more taught positions than tokens is refused") {
    ROPESCOPE_FIXTURE(folder, "cepe");
    const Subject subject(folder);
    const json& one = subject.golden.at("distill").at("cases").at("drop_kl2_lm1");
    CepeBatch unlabelled = subject.batch(one);
    unlabelled.labels.fill_(CepeBatch::noLabel);
    CHECK_THROWS_AS((void)subject.objective(one).addGradients(unlabelled, 1, {}), EngineFailure);
    CepeBatch shortened = subject.batch(one);
    shortened.ids = shortened.ids.narrow(1, 0, 20);
    shortened.labels = shortened.labels.narrow(1, 0, 20);
    CHECK_THROWS_AS((void)subject.objective(one).addGradients(shortened, 1, {}), EngineFailure);
}
