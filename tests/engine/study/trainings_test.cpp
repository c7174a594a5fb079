// Training runs in a study: their steps, their checkpoints, and probes of these.
#include <limits>

#include "tests/engine/study/sample_probes.h"
#include "tests/engine/study/sample_study.h"
#include "tests/engine/study/tamper.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

StudyTrainingStep stepOf(std::int64_t number, double loss) {
    return {number, 1, loss, loss + 0.1, 1e-3 / 3, 0.7, 1234.5};
}

} // namespace

TEST_CASE("steps and checkpoints come back, and a repeated step replaces the lost ones") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "runs.ropescope";
    {
        Study study = Study::openOrCreate(path).value();
        const TrainingId id = study.beginTraining("/runs/a", "lora:8", R"({"length":256})", 10).value();
        CHECK(id == 1);
        REQUIRE(study.addTrainingSteps(id, std::vector{stepOf(1, 3.5), stepOf(2, 1.0 / 3), stepOf(3, 3)}));
        REQUIRE(study.addCheckpoint(id, {2, "/runs/a/checkpoint-2", "cc"}));
        CHECK(study.beginTraining("/runs/b", "token", "{}", 5).value() == 2);
    }
    {
        Study study = Study::open(path).value();
        REQUIRE(study.addTrainingSteps(1, std::vector{stepOf(3, 2.5), stepOf(4, 2)}));
        REQUIRE(study.addCheckpoint(1, {4, "/runs/a/checkpoint-4", "dd"}));
        REQUIRE(study.addCheckpoint(1, {4, "/runs/a/checkpoint-2", "ee"}));
        REQUIRE(study.finishTraining(1));
    }
    const StudyContents contents = readStudy(path).value();
    REQUIRE(contents.trainings.size() == 2);
    const StudyTraining& run = contents.trainings.front();
    CHECK(run.done == std::vector{stepOf(1, 3.5), stepOf(2, 1.0 / 3), stepOf(3, 2.5), stepOf(4, 2)});
    CHECK(run.checkpoints ==
          std::vector<StudyCheckpoint>{{4, "/runs/a/checkpoint-4", "dd"}, {4, "/runs/a/checkpoint-2", "ee"}});
    CHECK(run.finished);
    CHECK(run.method == "lora:8");
    CHECK(run.plan == R"({"length":256})");
    CHECK(run.time > 0);
    CHECK_FALSE(contents.trainings.back().finished);
    CHECK(contents.training("/runs/b")->id == 2);
    CHECK(contents.training("/runs/c") == nullptr);
    CHECK(contents.checkpoint("ee") == ProbedCheckpoint{1, 4});
    CHECK_FALSE(contents.checkpoint("cc"));
}

TEST_CASE("a probe of a checkpoint stays with it, whatever model the study belongs to") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "probed.ropescope";
    Study study = Study::openOrCreate(path).value();
    REQUIRE(study.setSources(test::sampleModel, test::sampleText));
    const TrainingId id = study.beginTraining("/runs/a", "token", "{}", 10).value();
    REQUIRE(study.addCheckpoint(id, {7, "/runs/a/checkpoint-7", "cc"}));
    StudyModel trained = test::sampleModel;
    CHECK_FALSE(study.setProbeSources(trained, test::sampleText).value());
    trained.sha256 = "cc";
    const auto probed = study.setProbeSources(trained, test::sampleText);
    REQUIRE(probed);
    CHECK(*probed == ProbedCheckpoint{id, 7});
    CHECK(study.contents().model->sha256 == test::sampleModel.sha256);
    StudyText other = test::sampleText;
    other.sha256 = "ff";
    CHECK(study.setProbeSources(trained, other).error().kind == ErrorKind::input);
    trained.sha256 = "dd";
    CHECK(study.setProbeSources(trained, test::sampleText).error().kind == ErrorKind::input);
    const ProbeId probe = study.addProbe(test::perplexityProbe(), ComputeType::fp32, "CPU", *probed).value();
    const ProbeId own = study.addProbe(test::perplexityProbe(), ComputeType::fp32, "CPU").value();
    CHECK(readStudy(path)->probe(probe)->checkpoint == ProbedCheckpoint{id, 7});
    CHECK_FALSE(readStudy(path)->probe(own)->checkpoint);
    REQUIRE(study.removeProbe(probe));
    CHECK(readStudy(path)->probes.size() == 1);
    CHECK(study.addProbe(test::perplexityProbe(), ComputeType::fp32, "CPU", ProbedCheckpoint{9, 1}).error().kind ==
          ErrorKind::usage);
}

TEST_CASE("runs that are none are refused, from callers and from files") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "refused.ropescope";
    Study study = Study::openOrCreate(path).value();
    CHECK(study.beginTraining("", "token", "{}", 10).error().kind == ErrorKind::usage);
    CHECK(study.beginTraining("/runs/a", "token", "{}", 0).error().kind == ErrorKind::usage);
    const TrainingId id = study.beginTraining("/runs/a", "token", "{}", 3).value();
    CHECK_FALSE(study.addTrainingSteps(7, std::vector{stepOf(1, 1)}));
    CHECK_FALSE(study.addTrainingSteps(id, std::vector{stepOf(1, 1), stepOf(3, 1)}));
    CHECK_FALSE(study.addTrainingSteps(id, std::vector{stepOf(4, 1)}));
    CHECK_FALSE(study.addCheckpoint(id, {4, "/x", "cc"}));
    CHECK_FALSE(study.finishTraining(7));
    CHECK(study.contents().trainings.front().done.empty());
    // A loss that is no number is kept as such.
    REQUIRE(study.addTrainingSteps(
        id, std::vector{stepOf(1, 2), stepOf(2, std::numeric_limits<double>::quiet_NaN()), stepOf(3, 1)}));
    CHECK(std::isnan(readStudy(path)->trainings.front().done[1].loss));
    test::tamper(path, "DELETE FROM training_step WHERE step = 2");
    const auto damaged = readStudy(path);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().kind == ErrorKind::input);
    CHECK(damaged.error().message.find("training run 1") != std::string::npos);
}
