// What a run is said to take before it starts.
#include "engine/train/training_estimate.h"

#include "engine/model/required_tensors.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;

namespace {

TrainingStage onlyStage(const TrainingPlan& plan) {
    return planStages(plan).value().front();
}

bool says(const std::string& text, const std::string& words) {
    INFO(text);
    return text.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("operations and memory follow from the shape") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const ModelConfig config = readModelConfig(model).value();
    TrainingPlan plan = test::planFor(ExistingModel{model}, "output");
    // Hidden 64, 4 query and 2 kv heads of 16, feed-forward from the configuration, 2 layers, vocabulary 288.
    const double layer = 64 * (64 + 2 * 32) + 64 * 64 + 3 * 64.0 * config.intermediate;
    const double attention = 4.5 * 2 * 64 * 32;
    const double positions = 3 * 2 * 32;
    CHECK(trainingOperations(config, plan, onlyStage(plan)) ==
          Approx(positions * (2 * (8 * layer + attention) + 6 * 288.0 * 64)));
    const TrainingMemory all = trainingMemory(config, plan, onlyStage(plan), ComputeType::fp32);
    CHECK(all.weights == 4 * parameterCount(config));
    CHECK(all.gradients == all.weights);
    CHECK(all.optimizer == 2 * all.weights);

    PatchMethod patches;
    patches.patch = 4;
    patches.share = 1;
    plan.method = patches;
    // The same positions hold four times the tokens.
    CHECK(trainingOperations(config, plan, onlyStage(plan)) ==
          Approx(positions * (2 * (8 * layer + attention) + 6 * 288.0 * 64)));

    plan.method = LoraMethod{4, {}, {"q", "down"}};
    CHECK(trainedParameters(config, plan.method) == 2 * 4 * ((64 + 64) + (64 + config.intermediate)));
    const TrainingMemory adapters = trainingMemory(config, plan, onlyStage(plan), ComputeType::fp32);
    CHECK(adapters.weights == all.weights);
    CHECK(adapters.optimizer == 8 * trainedParameters(config, plan.method));
    CHECK(trainingOperations(config, plan, onlyStage(plan)) ==
          Approx(positions * (2 * (6 * layer + attention) + 4 * 288.0 * 64)));
}

TEST_CASE("what would not fit is answered by what would, from the mildest change on") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const ModelConfig config = readModelConfig(model).value();
    TrainingPlan plan = test::planFor(ExistingModel{model}, "output");
    plan.length = 16384;
    plan.batch = 8;
    plan.accumulation = 3;
    const auto total = [&](const TrainingPlan& changed) {
        return trainingMemory(config, changed, onlyStage(changed), ComputeType::fp32).total();
    };
    const auto advice = [&](std::int64_t available) {
        return memoryAdvice(config, plan, ComputeType::fp32, available);
    };
    CHECK(advice(total(plan)).empty());
    TrainingPlan smaller = plan;
    smaller.batch = 6;
    smaller.accumulation = 4;
    CHECK(says(advice(total(plan) - 1), "; batch 6 with accumulation 4 takes"));
    smaller.batch = 1;
    smaller.accumulation = 24;
    CHECK(says(advice(total(smaller)), "; batch 1 with accumulation 24 takes"));
    CHECK(says(advice(total(smaller) - 1), "; low-rank training (lora:8), batch 1 with accumulation 24 takes"));
    smaller.method = LoraMethod{};
    CHECK(says(advice(total(smaller) - 1), "; length 8192, batch 1 with accumulation 24 takes"));
    CHECK(says(advice(1000), "use a smaller model or another machine"));
}

TEST_CASE("a plan is estimated as a whole, and timed by steps of its own kind") {
    const std::string name = GENERATE("tiny_llama", "tiny_neox", "tiny_phi3");
    INFO(name);
    ROPESCOPE_FIXTURE(models, "tiny_models");
    TrainingPlan plan = test::planFor(ExistingModel{models / name}, "output");
    PatchMethod patches;
    patches.patch = 2;
    patches.share = 0.5;
    plan.method = patches;
    plan.steps = 6;
    const auto outcome = estimateTraining(plan, true, {});
    REQUIRE(std::holds_alternative<TrainingEstimate>(outcome));
    const auto& estimate = std::get<TrainingEstimate>(outcome);
    CHECK(estimate.tokens == 2 * (2 * 64 + 4 * 32));
    CHECK(estimate.parameters == parameterCount(readModelConfig(models / name).value()));
    CHECK(estimate.availableBytes > 0);
    CHECK(estimate.fits());
    REQUIRE(estimate.seconds);
    CHECK(*estimate.seconds > 0);
    plan.method = LoraMethod{4, {}, {"q"}};
    const auto quick = estimateTraining(plan, false, {});
    CHECK_FALSE(std::get<TrainingEstimate>(quick).seconds);
    plan.method = LoraMethod{4, {}, {"z"}};
    CHECK(std::get<Error>(estimateTraining(plan, false, {})).message.find("'z'") != std::string::npos);
    std::stop_source stop;
    stop.request_stop();
    plan.method = TokenMethod{};
    CHECK(std::holds_alternative<Cancelled>(estimateTraining(plan, true, {stop.get_token(), {}})));
}

TEST_CASE("a CEPE stage's operations and trained parameters are those of its two networks") {
    ROPESCOPE_FIXTURE(folder, "cepe");
    const ModelConfig config = readModelConfig(folder).value();
    CepeMethod method;
    method.context = 10;
    method.reading.chunk = 4;
    TrainingPlan plan = test::planFor(ExistingModel{folder}, "");
    plan.method = method;
    plan.length = 24;
    plan.batch = plan.steps = 1;
    const auto operations = [&] { return trainingOperations(config, plan, planStages(plan).value().front()); };
    // 14 tokens through 3 frozen layers of 4 x 64 x 64 + 3 x 64 x 80, queries and outputs of 64 x 64, a frozen head of
    // 128 x 64; 10 tokens through keys and values of 64 x 32; attention to 7 tokens in the mean and to 10 of context.
    const double decoder =
        14 * (6 * 3 * 31744.0 + 8 * 3 * 8192 + 4 * 8192) + 10 * 8 * 3 * 4096.0 + 14 * 18 * 64 * (3 * 7 + 3 * 10.0);
    // 10 tokens through 2 layers of 4 x 32 x 32 + 3 x 32 x 48 in chunks of 4.
    CHECK(operations() == decoder + 10 * (8 * 2 * 8704 + 18 * 32 * 4 * 2.0));
    CHECK(trainedParameters(config, method) == 58752); // as recorded
    method.reading.trainEncoder = false;
    plan.method = method;
    CHECK(operations() == decoder + 10 * (2 * 2 * 8704 + 4 * 32 * 4 * 2.0));
    CHECK(trainedParameters(config, method) == 37056);
}
