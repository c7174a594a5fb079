#include "app/window/training_forecast.h"

#include <algorithm>

#include <QCoreApplication>

#include "engine/train/schedule.h"
#include "engine/train/training_estimate.h"

namespace ropescope {

namespace {

constexpr std::int64_t scheduleSamples = 200; // of each stage

// Learning rate over steps, each stage its own schedule; the end of the warm-up is among the points.
std::vector<CurvePoint> scheduleOf(const TrainingPlan& plan, const std::vector<TrainingStage>& stages) {
    const auto schedule = makeSchedule(plan.optimizer.schedule);
    if (!schedule)
        return {}; // planStages() has said so
    std::vector<CurvePoint> points;
    for (const TrainingStage& stage : stages) {
        std::vector<std::int64_t> steps{stage.steps - 1};
        if (plan.optimizer.warmup < stage.steps)
            steps.push_back(plan.optimizer.warmup);
        for (std::int64_t i = 0; i < std::min(scheduleSamples, stage.steps); ++i)
            steps.push_back(i * stage.steps / std::min(scheduleSamples, stage.steps));
        std::sort(steps.begin(), steps.end());
        steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
        for (const std::int64_t step : steps)
            points.push_back(
                {static_cast<double>(stage.firstStep + step + 1),
                 plan.optimizer.learningRate * (*schedule)->multiplier(step, plan.optimizer.warmup, stage.steps)});
    }
    return points;
}

} // namespace

Outcome<TrainingForecast> forecastTraining(const TrainingWork& work, bool timed, const RunControl& control) {
    const TrainingPlan plan = trainingPlanOf(work);
    TrainingForecast forecast;
    const auto stages = planStages(plan);
    if (!stages) {
        forecast.problem = QString::fromStdString(stages.error().message);
        return forecast;
    }
    auto estimated = estimateTraining(plan, timed, control);
    if (std::holds_alternative<Cancelled>(estimated))
        return Cancelled{};
    if (const auto* error = std::get_if<Error>(&estimated)) {
        forecast.problem = QString::fromStdString(error->message);
        return forecast;
    }
    const auto& estimate = std::get<TrainingEstimate>(estimated);
    forecast.seconds = estimate.seconds.value_or(0);
    forecast.tokens = estimate.tokens;
    forecast.available = static_cast<double>(estimate.availableBytes);
    forecast.parts = {{QCoreApplication::translate("ropescope::TrainingForecast", "weights"),
                       static_cast<double>(estimate.memory.weights)},
                      {QCoreApplication::translate("ropescope::TrainingForecast", "gradients"),
                       static_cast<double>(estimate.memory.gradients)},
                      {QCoreApplication::translate("ropescope::TrainingForecast", "optimizer"),
                       static_cast<double>(estimate.memory.optimizer)},
                      {QCoreApplication::translate("ropescope::TrainingForecast", "activations"),
                       static_cast<double>(estimate.memory.activations)}};
    forecast.advice = QString::fromStdString(estimate.advice);
    forecast.schedule = scheduleOf(plan, *stages);
    return forecast;
}

} // namespace ropescope
