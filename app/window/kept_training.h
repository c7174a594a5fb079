// Between a study's training runs and what the Training page shows.
#pragma once

#include <vector>

#include "engine/study/study_contents.h"
#include "views/models/training_form.h"
#include "views/models/training_model.h"

namespace ropescope {

// Oldest first, each with what its checkpoints measured. Checkpoints that are gone from the disk are left out.
[[nodiscard]] std::vector<TrainingRunRecord> trainingRunsIn(const StudyContents& contents);

// The settings that a run's plan tells of, in place of those of `form`: what it takes to go on with it.
[[nodiscard]] TrainingForm formOf(const StudyTraining& training, TrainingForm form);

} // namespace ropescope
