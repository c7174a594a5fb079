// Runs of the trainer: what they leave behind, how they go on, what they refuse.
#include <cmath>
#include <csignal>
#include <stop_token>

#include <sys/resource.h>

#include "engine/factor_file/factor_file.h"
#include "tests/engine/model/models.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;

namespace {

// Mean NLL of consecutive windows, as a step of the trainer on all of them sees it.
double lossOf(const std::filesystem::path& folder, const std::vector<TokenId>& ids, std::size_t length) {
    const auto model = test::loadModel(folder);
    double sum = 0;
    std::size_t windows = 0;
    for (std::size_t first = 0; first + length <= ids.size(); first += length, ++windows) {
        const FactorSet factors = configuredFactors(model->config(), static_cast<std::int64_t>(length));
        sum += test::mean(test::nllOf(*model, std::span(ids).subspan(first, length), factors));
    }
    return sum / static_cast<double>(windows);
}

} // namespace

TEST_CASE("every architecture trains under factors, and its folder computes what the trainer computed") {
    const std::string name = GENERATE("tiny_llama", "tiny_qwen2", "tiny_qwen3", "tiny_neox", "tiny_phi3");
    INFO(name);
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(128, 7);
    const CorpusText text = test::textOf(ids, true);
    TrainingPlan plan = test::planFor(ExistingModel{models / name}, folder.path() / "three");
    const RopeGeometry rope = readModelConfig(models / name).value().rope;
    plan.factors = resolveFactorDocument("yarn:4", rope).value();
    plan.batch = 2;
    plan.accumulation = 2;
    plan.steps = 4;
    const TrainingReport longer = test::trained(plan, text);
    CHECK(longer.losses.back() < longer.losses.front());
    plan.steps = 3;
    plan.output = folder.path() / "two";
    const TrainingReport report = test::trained(plan, text);
    CHECK(report.tokens == 3 * 128);
    CHECK(lossOf(plan.output, ids, 32) == Approx(longer.losses[3]).margin(2e-6));
    const ModelConfig written = readModelConfig(plan.output).value();
    CHECK(configuredFactors(written, 32).factors == plan.factors->set.factors);
    CHECK(configuredFactors(written, 32).attentionFactor == plan.factors->set.attentionFactor);
    CHECK(written.maxPositions == 4 * rope.trainedLength);
    CHECK(std::filesystem::exists(plan.output / "tokenizer.json"));
}

TEST_CASE("an interrupted run goes on as if nothing had happened") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const CorpusText text = test::textOf(test::pseudoRandomIds(640, 3), false);
    TrainingPlan plan = test::planFor(ExistingModel{model}, "");
    plan.steps = 8;
    plan.accumulation = 2;
    plan.optimizer.schedule = "cosine";
    plan.optimizer.warmup = 2;
    plan.optimizer.clip = 1;
    plan.optimizer.weightDecay = 0.1;
    SECTION("token training") {
        test::checkResumption(plan, text, 4);
    }
    SECTION("the border between the stages of patch-level training") {
        PatchMethod method;
        method.patch = 2;
        method.share = 0.5;
        method.length = 32;
        plan.method = method;
        test::checkResumption(plan, text, 4);
    }
    SECTION("adapters") {
        plan.method = LoraMethod{4, {}, {"q", "v", "gate", "down"}};
        test::checkResumption(plan, text, 5);
    }
    SECTION("learned factors") {
        plan.learnFactors = FactorLearning{0.01};
        test::checkResumption(plan, text, 2);
    }
    SECTION("from scratch") {
        plan.start = FromScratch{model / "config.json"};
        test::checkResumption(plan, text, 4);
    }
}

TEST_CASE("mixed windows train short ones as the model was and long ones under the factors") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const RopeGeometry rope = readModelConfig(model).value().rope;
    const auto trained = static_cast<std::size_t>(rope.trainedLength);
    const auto ids = test::pseudoRandomIds(4 * trained, 13);
    const CorpusText text = test::textOf(ids, true);
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "long");
    plan.factors = resolveFactorDocument("pi:2", rope).value();
    plan.length = 2 * rope.trainedLength;
    plan.steps = 2;
    plan.method = MixedMethod{0};
    const auto all = test::trained(plan, text).losses;
    plan.method = TokenMethod{};
    plan.output = folder.path() / "token";
    CHECK(test::trained(plan, text).losses == all);

    plan.method = MixedMethod{1};
    plan.output = folder.path() / "short";
    CHECK(test::trained(plan, text).losses.front() == Approx(lossOf(model, ids, trained)).margin(2e-6));
    const ModelConfig written = readModelConfig(plan.output).value();
    CHECK(configuredFactors(written, rope.trainedLength).factors ==
          configuredFactors(readModelConfig(model).value(), rope.trainedLength).factors);
    CHECK(configuredFactors(written, rope.trainedLength + 1).factors == plan.factors->set.factors);

    plan.method = MixedMethod{0.5};
    plan.accumulation = 2;
    plan.batch = 1;
    plan.steps = 6;
    test::checkResumption(plan, text, 4);
    plan.length = rope.trainedLength;
    plan.output = folder.path() / "refused";
    CHECK(test::refused(plan, text).message.find("beyond the trained") != std::string::npos);
    plan.factors.reset();
    CHECK(test::refused(plan, text).message.find("need the factors") != std::string::npos);
}

TEST_CASE("adapters begin at the model itself and are merged on saving") {
    const std::string name = GENERATE("tiny_llama", "tiny_neox", "tiny_phi3");
    INFO(name);
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(64, 11);
    const CorpusText text = test::textOf(ids, true);
    TrainingPlan plan = test::planFor(ExistingModel{models / name}, folder.path() / "four");
    plan.method = LoraMethod{4, {}, {"q", "k", "v", "o", "gate", "up", "down"}};
    plan.optimizer.learningRate = 1e-2;
    plan.steps = 4;
    const TrainingReport longer = test::trained(plan, text);
    CHECK(longer.losses.front() == Approx(lossOf(models / name, ids, 32)).margin(2e-6));
    CHECK(longer.losses.back() < longer.losses.front() - 0.01);
    plan.steps = 3;
    plan.output = folder.path() / "three";
    CHECK(test::trained(plan, text).losses.size() == 3);
    CHECK(lossOf(plan.output, ids, 32) == Approx(longer.losses[3]).margin(1e-5));
    plan.method = LoraMethod{4, {}, {"z"}};
    plan.output = folder.path() / "none";
    CHECK(test::refused(plan, text).message.find("'z'") != std::string::npos);
}

TEST_CASE("learned factors descend, are written, and come back with the model") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(64, 5);
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "run");
    plan.learnFactors = FactorLearning{0.02};
    plan.optimizer.learningRate = 1e-12; // factors alone
    plan.steps = 6;
    const TrainingReport report = test::trained(plan, test::textOf(ids, true));
    CHECK(report.losses.back() < report.losses.front());
    REQUIRE(report.learnedFactors);
    const ModelConfig written = readModelConfig(plan.output).value();
    CHECK(configuredFactors(written, 32).factors == report.learnedFactors->factors);
    CHECK(configuredFactors(written, 32).attentionFactor == report.learnedFactors->attentionFactor);
    const auto file = importFactors(plan.output / "factors.json", written.rope).value();
    CHECK(file.set.factors == report.learnedFactors->factors);
}

TEST_CASE("a model from scratch begins at chance, learns, and depends on its seed alone") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_qwen2");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(256, 5);
    TrainingPlan plan = test::planFor(FromScratch{model / "config.json"}, folder.path() / "a");
    plan.steps = 5;
    const TrainingReport first = test::trained(plan, test::textOf(ids, true));
    CHECK(first.losses.front() == Approx(std::log(288.0)).margin(0.1));
    plan.output = folder.path() / "b";
    CHECK(test::trained(plan, test::textOf(ids, true)).losses == first.losses);
    plan.output = folder.path() / "c";
    plan.seed = 43;
    CHECK(test::trained(plan, test::textOf(ids, true)).losses != first.losses);
    CHECK(readModelConfig(plan.output).value().hidden == readModelConfig(model).value().hidden);
}

TEST_CASE("half-precision activations follow the float32 run, and a bf16 model can be saved") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const CorpusText text = test::textOf(test::pseudoRandomIds(64, 5), true);
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "fp32");
    const TrainingReport wide = test::trained(plan, text);
    plan.device.type = ComputeType::bf16;
    plan.saveAs = StoredType::bf16;
    plan.output = folder.path() / "bf16";
    const TrainingReport narrow = test::trained(plan, text);
    for (std::size_t step = 0; step < wide.losses.size(); ++step)
        CHECK(narrow.losses[step] == Approx(wide.losses[step]).margin(0.02));
    const auto size = [&](const char* run) { return file_size(folder.path() / run / "model.safetensors"); };
    CHECK(size("bf16") < size("fp32") * 6 / 10);
}

TEST_CASE("a loss that is no number stops the run with the step, its batch and what is kept") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const CorpusText text = test::textOf(test::pseudoRandomIds(128, 5), true);
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "run");
    plan.steps = 20;
    plan.checkpointInterval = 1;
    plan.optimizer.warmup = 2; // the first step has rate 0
    plan.optimizer.learningRate = 1e30;
    const Error error = test::refused(plan, text);
    INFO(error.message);
    CHECK(error.kind == ErrorKind::failed);
    CHECK(error.message.find("step 3") != std::string::npos);
    CHECK(error.message.find("tokens 0, 32 of the text") != std::string::npos);
    CHECK(error.message.find("checkpoint-2") != std::string::npos);
    CHECK(std::filesystem::exists(plan.output / "checkpoint-1" / "model.safetensors"));
    CHECK_FALSE(std::filesystem::exists(plan.output / "config.json"));
}

TEST_CASE("the newest two checkpoints stay, each a model of its own") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(64, 5);
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "run");
    plan.steps = 5;
    plan.checkpointInterval = 1;
    const TrainingReport report = test::trained(plan, test::textOf(ids, true));
    CHECK_FALSE(std::filesystem::exists(plan.output / "checkpoint-3"));
    CHECK(lossOf(plan.output / "checkpoint-4", ids, 32) == Approx(report.losses[4]).margin(2e-6));
    CHECK(std::filesystem::exists(plan.output / "checkpoint-5"));
}

TEST_CASE("a full disk stops the run, leaves what was saved whole, and the run goes on later") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const CorpusText text = test::textOf(test::pseudoRandomIds(640, 3), false);
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "whole");
    plan.steps = 5;
    plan.checkpointInterval = 1;
    const TrainingReport whole = test::trained(plan, text);

    plan.output = folder.path() / "full";
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN); // writing beyond the limit is an error, not a death
    TrainingEvents events;
    events.onStep = [&](const TrainingStep& step) {
        const rlimit little{20'000, before.rlim_max};
        if (step.step == 3)
            ::setrlimit(RLIMIT_FSIZE, &little);
    };
    const auto outcome = train(plan, text, events, {});
    ::setrlimit(RLIMIT_FSIZE, &before);
    (void)std::signal(SIGXFSZ, handler);
    REQUIRE(std::holds_alternative<Error>(outcome));
    INFO(std::get<Error>(outcome).message);
    CHECK(std::get<Error>(outcome).kind == ErrorKind::failed);
    CHECK(std::get<Error>(outcome).message.find("checkpoint-3") != std::string::npos);
    CHECK(std::filesystem::exists(plan.output / "checkpoint-2" / "config.json"));
    CHECK_FALSE(std::filesystem::exists(plan.output / "checkpoint-3"));
    CHECK_FALSE(std::filesystem::exists(plan.output / "checkpoint-3.unfinished"));
    plan.resume = true;
    const TrainingReport parts = test::trained(plan, text);
    CHECK(parts.resumedFrom == 2);
    CHECK(parts.losses == whole.losses);
    for (const std::filesystem::path run : {"whole", "full"})
        for (const int step : {4, 5})
            std::filesystem::remove_all(folder.path() / run / ("checkpoint-" + std::to_string(step)));
    CHECK(test::refused(plan, text).message.find("no checkpoint to go on from") != std::string::npos);
}

TEST_CASE("what can't be trained or continued is refused with what to do") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const test::TemporaryFolder folder;
    const CorpusText text = test::textOf(test::pseudoRandomIds(64, 5), true);
    TrainingPlan plan = test::planFor(ExistingModel{models / "tiny_llama"}, folder.path() / "run");
    plan.checkpointInterval = 1;
    CHECK(test::trained(plan, text).steps == 3);
    CHECK(test::refused(plan, text).message.find("choose another folder") != std::string::npos);

    plan.resume = true;
    SECTION("another model") {
        plan.start = ExistingModel{models / "tiny_llama_bf16"};
        const Error error = test::refused(plan, text);
        CHECK(error.kind == ErrorKind::usage);
        CHECK(error.message.find("model") != std::string::npos);
    }
    SECTION("other settings") {
        plan.optimizer.learningRate = 2e-3;
        CHECK(test::refused(plan, text).message.find("learning rate = 0.001, this one has 0.002") != std::string::npos);
    }
    SECTION("another text") {
        CHECK(test::refused(plan, test::textOf(test::pseudoRandomIds(64, 6), true)).message.find("text") !=
              std::string::npos);
    }
    SECTION("a damaged checkpoint") {
        std::filesystem::resize_file(plan.output / "checkpoint-3" / "training.json", 10);
        CHECK(test::refused(plan, text).kind == ErrorKind::input);
    }
    plan.resume = false;
    plan.output = folder.path() / "other";
    SECTION("a short text") {
        CHECK(test::refused(plan, test::textOf(test::pseudoRandomIds(40, 5), true)).message.find("too short") !=
              std::string::npos);
        CHECK(test::refused(plan, test::textOf(test::pseudoRandomIds(30, 5), true)).message.find("too short") !=
              std::string::npos);
    }
    SECTION("ids outside the vocabulary") {
        const Error error = test::refused(plan, test::textOf(std::vector<TokenId>(64, 288), true));
        CHECK(error.kind == ErrorKind::input);
        CHECK(error.message.find("0 to 287") != std::string::npos);
    }
    SECTION("factors of another model") {
        plan.factors.emplace();
        plan.factors->set = {{1, 1, 1}, 1, "three"};
        CHECK(test::refused(plan, text).message.find("found 3") != std::string::npos);
    }
    SECTION("no model") {
        plan.start = ExistingModel{folder.path() / "absent"};
        CHECK(test::refused(plan, text).kind == ErrorKind::input);
    }
}
