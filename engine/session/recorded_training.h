// A training run whose steps and checkpoints are kept in a study.
#pragma once

#include "engine/base/run_control.h"
#include "engine/study/study.h"
#include "engine/train/training_plan.h"
#include "engine/train/training_text.h"

namespace ropescope {

// train() with a record: the study holds every step a second after it was done at the latest, and every checkpoint with
// the hash by which a probe of it is recognised. A resumed run goes on under its id; steps that a killed run repeats
// replace the lost ones. The study belongs to the model that is trained, unless that model is a checkpoint of one of
// its runs or made from scratch. When the study can't be written, the run stops as on a request and this is the error;
// its checkpoint goes on with `resume`.
[[nodiscard]] Outcome<TrainingReport> trainRecorded(const TrainingPlan& plan, const TrainingText& text, Study& study,
                                                    const TrainingEvents& events, const RunControl& control);

} // namespace ropescope
