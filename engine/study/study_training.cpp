#include "engine/study/study_training.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/study/detail/study_impl.h"
#include "engine/study/detail/training_records.h"

namespace ropescope {
namespace {

Result<void> unknown(const std::filesystem::path& study, TrainingId id) {
    return fail(usageError(fmt::format("study {} has no training run {}", study.string(), id)));
}

} // namespace

Result<TrainingId> Study::beginTraining(const std::string& output, const std::string& method, const std::string& plan,
                                        std::int64_t steps) {
    auto& trainings = m_impl->contents.trainings;
    StudyTraining training;
    training.id = trainings.empty() ? 1 : trainings.back().id + 1;
    training.time = detail::now();
    training.output = output;
    training.method = method;
    training.plan = plan;
    training.steps = steps;
    if (auto sound = detail::checkTraining(training); !sound)
        return fail(sound.error());
    const TrainingId id = training.id;
    return m_impl
        ->change([&] { detail::insertTraining(m_impl->database(), training); },
                 [&] { trainings.push_back(std::move(training)); })
        .map([&] { return id; });
}

Result<void> Study::addTrainingSteps(TrainingId id, std::span<const StudyTrainingStep> steps) {
    StudyTraining* training = m_impl->training(id);
    if (!training)
        return unknown(path(), id);
    if (steps.empty())
        return {};
    StudyTraining after = *training;
    std::erase_if(after.done, [&](const StudyTrainingStep& one) { return one.step >= steps.front().step; });
    after.done.insert(after.done.end(), steps.begin(), steps.end());
    if (auto sound = detail::checkTraining(after); !sound)
        return sound;
    return m_impl->change([&] { detail::insertTrainingSteps(m_impl->database(), id, steps); },
                          [&] { training->done = std::move(after.done); });
}

Result<void> Study::addCheckpoint(TrainingId id, const StudyCheckpoint& checkpoint) {
    StudyTraining* training = m_impl->training(id);
    if (!training)
        return unknown(path(), id);
    StudyTraining after = *training;
    std::erase_if(after.checkpoints, [&](const StudyCheckpoint& one) { return one.path == checkpoint.path; });
    const auto place = std::ranges::upper_bound(after.checkpoints, checkpoint.step, {}, &StudyCheckpoint::step);
    after.checkpoints.insert(place, checkpoint);
    if (auto sound = detail::checkTraining(after); !sound)
        return sound;
    return m_impl->change([&] { detail::insertCheckpoint(m_impl->database(), id, checkpoint); },
                          [&] { training->checkpoints = std::move(after.checkpoints); });
}

Result<void> Study::finishTraining(TrainingId id) {
    StudyTraining* training = m_impl->training(id);
    if (!training)
        return unknown(path(), id);
    return m_impl->change(
        [&] { m_impl->database().prepare("UPDATE training SET finished = 1 WHERE id = ?").bind(id).run(); },
        [&] { training->finished = true; });
}

} // namespace ropescope
