// The factors that a study hands to other programs.
#pragma once

#include "engine/base/outcome.h"
#include "engine/factor_file/factor_document.h"
#include "engine/search/method.h"
#include "engine/study/study_contents.h"

namespace ropescope {

// What the search of the current branch would hand over as it stands (the result of a finished one), with the model,
// the text and the perplexity it belongs to. Usage error for a study without a search. `name` is the study's path, for
// messages; the factors' origin has the file's name alone, wherever it lies.
[[nodiscard]] Result<FactorDocument> studyFactors(const StudyContents& contents, const std::string& name);

// The same for any state of the study's search. The study must hold one.
[[nodiscard]] FactorDocument searchFactors(const StudyContents& contents, const SearchMethod& method,
                                           const std::string& name);

// The evaluation with the lowest perplexity of the whole study; null when none is finite.
[[nodiscard]] const StudyEvent* bestEvaluation(const StudyContents& contents);

} // namespace ropescope
