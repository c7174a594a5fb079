// What a run will take, in the words of the Training page.
#pragma once

#include "app/window/training_work.h"

namespace ropescope {

// Memory by part and the schedule; with `timed` also the time, measured on one layer in a second or two. What stands in
// the way is in the forecast's problem.
[[nodiscard]] Outcome<TrainingForecast> forecastTraining(const TrainingWork& work, bool timed,
                                                         const RunControl& control);

} // namespace ropescope
