// Rows of training runs to values and back. Throws StudyFailure.
#pragma once

#include <span>

#include "engine/study/detail/database.h"
#include "engine/study/study_contents.h"

namespace ropescope::detail {

// A usage error where a run is not one that a study may hold; the same is asked of what is read.
[[nodiscard]] Result<void> checkTraining(const StudyTraining& training);

// All runs, checked, and which checkpoints the probes measured.
void readTrainings(Database& database, StudyContents& contents);

void insertTraining(Database& database, const StudyTraining& training);
// In place of those from the first one's number on.
void insertTrainingSteps(Database& database, TrainingId id, std::span<const StudyTrainingStep> steps);
void insertCheckpoint(Database& database, TrainingId id, const StudyCheckpoint& checkpoint);
void insertProbedCheckpoint(Database& database, ProbeId probe, const ProbedCheckpoint& checkpoint);

} // namespace ropescope::detail
