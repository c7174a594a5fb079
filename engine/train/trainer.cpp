#include "engine/train/trainer.h"

#include "engine/model/detail/failure.h"
#include "engine/train/detail/training_run.h"

namespace ropescope {

Outcome<TrainingReport> train(const TrainingPlan& plan, const TrainingText& text, const TrainingEvents& events,
                              const RunControl& control) {
    return detail::guarded<TrainingReport>(
        "choose a smaller batch with more accumulation, a shorter length, low-rank training or --dtype bf16", [&] {
            detail::TrainingRun run(plan, text, events, control);
            return run.finish();
        });
}

} // namespace ropescope
