// A training run of the window, on the engine's side: from the form to the trainer, with its checkpoints measured on
// the way. Everything here runs inside jobs.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "app/window/laboratory.h"
#include "app/window/study_file.h"
#include "engine/train/training_plan.h"
#include "views/models/training_form.h"
#include "views/models/training_model.h"

namespace ropescope {

// What a run is made of: values of the moment it was asked for.
struct TrainingWork {
    std::shared_ptr<StudyFile> file; // keeps the run, its checkpoints and what they measured
    Setup setup;
    TrainingForm form;
    std::optional<FactorDocument> factors; // none: as the model is configured
    bool resume = false;
    bool measureFirst = true; // before the first step, where checkpoints are measured
};

// What the run tells while it goes on. Called on the job's thread.
struct TrainingSinks {
    std::function<void(const TrainingPoint&)> onStep;
    std::function<void(const TrainingCheckpoint&)> onCheckpoint;
    std::function<void(const TrainingProbe&)> onProbe;
    // A checkpoint that could not be measured; the run goes on.
    std::function<void(const QString&)> onProbeProblem;
};

// The engine's plan. Usage errors are those of planStages().
[[nodiscard]] TrainingPlan trainingPlanOf(const TrainingWork& work);

[[nodiscard]] Outcome<TrainingReport> runTraining(const TrainingWork& work, Laboratory& laboratory,
                                                  const TrainingSinks& sinks, const RunControl& control);

// Perplexity of what the run left after a step, at the form's length, under the factors of its own configuration, on
// the first windows of the setup's text; kept in the study beside the run.
[[nodiscard]] Outcome<Measurement> measureTrained(const TrainingWork& work, const TrainingCheckpoint& checkpoint,
                                                  Laboratory& laboratory, const RunControl& control);

} // namespace ropescope
