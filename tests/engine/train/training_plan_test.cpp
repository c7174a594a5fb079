#include "engine/train/training_plan.h"

#include <limits>

#include "engine/train/recipes.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;

namespace {

TrainingPlan patchPlan(std::int64_t patch, double share, std::int64_t steps) {
    TrainingPlan plan = test::planFor(ExistingModel{"model"}, "output");
    PatchMethod method;
    method.patch = patch;
    method.share = share;
    plan.method = method;
    plan.length = 16;
    plan.steps = steps;
    return plan;
}

} // namespace

TEST_CASE("the patch stage reads its share of the data") {
    const auto stages = planStages(patchPlan(4, 2.0 / 3, 300)).value();
    REQUIRE(stages.size() == 2);
    CHECK(stages[0].patch == 4);
    CHECK(stages[0].length == 64);
    CHECK(stages[0].steps == 100); // 100 x 64 of 100 x 64 + 200 x 16 tokens
    CHECK(stages[1].patch == 1);
    CHECK(stages[1].length == 16);
    CHECK(stages[1].firstStep == 100);
    CHECK(stages[1].steps == 200);
    CHECK(stages[1].firstWindow == 100 * 2 * 64 / 16);

    CHECK(planStages(patchPlan(2, 1, 7)).value().size() == 1);
    CHECK(planStages(patchPlan(2, 1, 7)).value().front().steps == 7);
    CHECK(planStages(patchPlan(2, 0, 7)).value().front().patch == 1);
    TrainingPlan same = patchPlan(2, 0.5, 8);
    std::get<PatchMethod>(same.method).length = 16;
    CHECK(planStages(same).value().front().steps == 4);
}

TEST_CASE("a plan that makes no sense says what to change") {
    const auto refused = [](const TrainingPlan& plan, const std::string& word) {
        const auto stages = planStages(plan);
        REQUIRE_FALSE(stages);
        CHECK(stages.error().kind == ErrorKind::usage);
        INFO(stages.error().message);
        CHECK(stages.error().message.find(word) != std::string::npos);
    };
    TrainingPlan uneven = patchPlan(4, 0.5, 10);
    std::get<PatchMethod>(uneven.method).length = 30;
    refused(uneven, "28 and 32");
    std::get<PatchMethod>(uneven.method).length = 4;
    refused(uneven, "at least 8");
    refused(patchPlan(0, 0.5, 10), "patch size");
    refused(patchPlan(2, 1.5, 10), "share");
    refused(patchPlan(2, std::numeric_limits<double>::quiet_NaN(), 10), "share");

    const TrainingPlan good = test::planFor(ExistingModel{"model"}, "output");
    const auto with = [&](auto change) {
        TrainingPlan plan = good;
        change(plan);
        return plan;
    };
    refused(with([](TrainingPlan& plan) { plan.length = 1; }), "length");
    refused(with([](TrainingPlan& plan) { plan.steps = 0; }), "steps");
    refused(with([](TrainingPlan& plan) { plan.batch = 0; }), "batch");
    refused(with([](TrainingPlan& plan) {
                plan.batch = plan.accumulation = 1 << 20;
                plan.steps = 1'000'000;
            }),
            "tokens at most");
    refused(with([](TrainingPlan& plan) { plan.optimizer.learningRate = 0; }), "learning rate");
    refused(with([](TrainingPlan& plan) { plan.optimizer.beta2 = 1; }), "beta 2");
    refused(with([](TrainingPlan& plan) { plan.optimizer.schedule = "steep"; }), "steep");
    refused(with([](TrainingPlan& plan) { plan.method = LoraMethod{0, {}, {"q"}}; }), "rank");
    refused(with([](TrainingPlan& plan) { plan.method = LoraMethod{4, {}, {}}; }), "target");
}

TEST_CASE("every recipe is a plan") {
    for (const TrainingRecipe& recipe : trainingRecipes()) {
        TrainingPlan plan = test::planFor(ExistingModel{"model"}, "output");
        plan.steps = recipe.steps;
        plan.batch = recipe.batch;
        plan.accumulation = recipe.accumulation;
        plan.optimizer = recipe.optimizer;
        plan.method = recipe.method;
        plan.factors.emplace();
        CHECK(planStages(plan));
        CHECK(findRecipe(recipe.name).value().source == recipe.source);
    }
    CHECK(findRecipe("dcis").value().batch * findRecipe("dcis").value().accumulation == 64);
    CHECK(findRecipe("none").error().message.find("longrope") != std::string::npos);
}
