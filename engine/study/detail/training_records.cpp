#include "engine/study/detail/training_records.h"

#include <algorithm>

#include <fmt/format.h>

namespace ropescope::detail {
namespace {

constexpr std::int64_t highestId = 1LL << 53;     // leaves room to count on
constexpr std::int64_t mostSteps = 1'000'000'000; // as of a training plan

Result<void> unfit(const std::string& message) {
    return fail(usageError(message));
}

void readSteps(Database& database, StudyTraining& training) {
    Statement row = database.prepare("SELECT step, stage, loss, smoothed_loss, learning_rate, gradient_norm, "
                                     "tokens_per_second FROM training_step WHERE run = ? ORDER BY step",
                                     fmt::format("training run {}, step", training.id));
    row.bind(training.id);
    while (row.step())
        training.done.push_back(
            {row.integer(0), row.smallInteger(1), row.real(2), row.real(3), row.real(4), row.real(5), row.real(6)});
}

void readCheckpoints(Database& database, StudyTraining& training) {
    Statement row = database.prepare("SELECT step, path, sha256 FROM checkpoint WHERE run = ? ORDER BY step, rowid",
                                     fmt::format("training run {}, checkpoint", training.id));
    row.bind(training.id);
    while (row.step())
        training.checkpoints.push_back({row.integer(0), row.text(1), row.text(2)});
}

} // namespace

Result<void> checkTraining(const StudyTraining& training) {
    if (training.output.empty())
        return unfit("a training run needs its folder");
    if (training.steps < 1 || training.steps > mostSteps)
        return unfit(fmt::format("a training run has 1 to {} steps, got {}", mostSteps, training.steps));
    std::int64_t next = training.done.empty() ? 1 : training.done.front().step;
    for (const StudyTrainingStep& step : training.done)
        if (step.step != next++ || step.step < 1 || step.step > training.steps || step.stage < 1)
            return unfit(fmt::format("step {} in stage {} is no next step of a run of {}", step.step, step.stage,
                                     training.steps));
    for (const StudyCheckpoint& checkpoint : training.checkpoints)
        if (checkpoint.step < 0 || checkpoint.step > training.steps || checkpoint.path.empty())
            return unfit(fmt::format("checkpoint \"{}\" after step {} is none of a run of {}", checkpoint.path,
                                     checkpoint.step, training.steps));
    return {};
}

void readTrainings(Database& database, StudyContents& contents) {
    Statement row = database.prepare("SELECT id, time, output, method, plan, steps, finished FROM training ORDER BY id",
                                     "training run");
    while (row.step()) {
        StudyTraining& training = contents.trainings.emplace_back();
        training.id = row.integer(0);
        if (training.id < 1 || training.id > highestId)
            throw row.wrong(0, fmt::format("an id from 1 to {}", highestId));
        training.time = row.integer(1);
        training.output = row.text(2);
        training.method = row.text(3);
        training.plan = row.text(4);
        training.steps = row.integer(5);
        training.finished = row.integer(6) != 0;
        readSteps(database, training);
        readCheckpoints(database, training);
        if (auto sound = checkTraining(training); !sound)
            throw database.damaged(fmt::format("training run {}", training.id), "values that belong together",
                                   sound.error().message);
    }
    Statement probed = database.prepare("SELECT probe, run, step FROM probe_checkpoint", "probed checkpoint");
    while (probed.step()) {
        const auto probe = std::ranges::find(contents.probes, probed.integer(0), &StudyProbe::id);
        if (probe == contents.probes.end())
            throw probed.wrong(0, "the id of a probe");
        const ProbedCheckpoint checkpoint{probed.integer(1), probed.integer(2)};
        if (std::ranges::find(contents.trainings, checkpoint.training, &StudyTraining::id) == contents.trainings.end())
            throw probed.wrong(1, "the id of a training run");
        probe->checkpoint = checkpoint;
    }
}

void insertTraining(Database& database, const StudyTraining& training) {
    database.prepare("INSERT INTO training VALUES (?,?,?,?,?,?,?)")
        .bind(training.id)
        .bind(training.time)
        .bind(training.output)
        .bind(training.method)
        .bind(training.plan)
        .bind(training.steps)
        .bind(training.finished)
        .run();
}

void insertTrainingSteps(Database& database, TrainingId id, std::span<const StudyTrainingStep> steps) {
    database.prepare("DELETE FROM training_step WHERE run = ? AND step >= ?").bind(id).bind(steps.front().step).run();
    Statement row = database.prepare("INSERT INTO training_step VALUES (?,?,?,?,?,?,?,?)");
    for (const StudyTrainingStep& step : steps)
        row.bind(id)
            .bind(step.step)
            .bind(step.stage)
            .bind(step.loss)
            .bind(step.smoothedLoss)
            .bind(step.learningRate)
            .bind(step.gradientNorm)
            .bind(step.tokensPerSecond)
            .run();
}

void insertCheckpoint(Database& database, TrainingId id, const StudyCheckpoint& checkpoint) {
    database.prepare("INSERT OR REPLACE INTO checkpoint VALUES (?,?,?,?)")
        .bind(id)
        .bind(checkpoint.step)
        .bind(checkpoint.path)
        .bind(checkpoint.sha256)
        .run();
}

void insertProbedCheckpoint(Database& database, ProbeId probe, const ProbedCheckpoint& checkpoint) {
    database.prepare("INSERT INTO probe_checkpoint VALUES (?,?,?)")
        .bind(probe)
        .bind(checkpoint.training)
        .bind(checkpoint.step)
        .run();
}

} // namespace ropescope::detail
