// A landscape whose every point is in a study before the next is evaluated.
#pragma once

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/landscape.h"
#include "engine/study/study.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

// Goes on with the study's landscape under the same request and computing type, evaluating only what it lacks, or
// begins a new one. Points that run as one batch are stored one after the other when the batch is done. Cancelled or
// failed: what was stored stays, and the same call goes on. The caller has said with Study::setSources which model and
// text these are. `request.known` is ignored. `sink` (may be empty) gets the points that the study has, then each new
// one once it is stored.
[[nodiscard]] Outcome<LandscapeReport> measureKeptLandscape(Study& study, LanguageModel& model, const Corpus& corpus,
                                                            LandscapeRequest request, const LandscapeSink& sink,
                                                            const RunControl& control);

} // namespace ropescope
