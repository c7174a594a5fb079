// Training, from a plan to a model folder.
#pragma once

#include "engine/base/run_control.h"
#include "engine/train/training_plan.h"
#include "engine/train/training_text.h"

namespace ropescope {

// Runs `plan` on `text` and leaves a folder in Hugging Face layout in plan.output: weights, the source's config.json
// with the factors in it, its tokenizer files. While it runs, plan.output holds checkpoint-N folders (the newest two;
// each a model folder as well), whole or absent, from which a plan with `resume` goes on exactly where this one
// stopped.
//
// The loss of a step is the mean over all its predictions. A loss or gradient that is no number stops the run before it
// touches the weights. A stop request is noticed between layers; the steps done so far are saved. Blocking; progress in
// tokens.
[[nodiscard]] Outcome<TrainingReport> train(const TrainingPlan& plan, const TrainingText& text,
                                            const TrainingEvents& events, const RunControl& control);

} // namespace ropescope
