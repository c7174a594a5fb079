// The model and the text of a search, opened and identified.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/windows.h"
#include "engine/study/study_contents.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

struct SearchText {
    Corpus corpus;
    std::optional<TokenId> beginOfText;
    Window searched; // the first tokens of the first document that is long enough

    // The searched window as it is fed.
    [[nodiscard]] std::vector<TokenId> searchedIds() const;
};

// Input error when the text has no document as long as the window; usage error when a begin-of-text token is asked for
// and the tokenizer has none.
[[nodiscard]] Result<SearchText> openSearchText(const std::string& modelPath, const std::string& textPath,
                                                std::int64_t length, bool beginOfText);

// What a study keeps of the model: reads all of its bytes.
[[nodiscard]] Outcome<StudyModel> identifyModel(const std::string& path, const RunControl& control);
[[nodiscard]] StudyText identifyText(const std::string& path, const Corpus& corpus);

} // namespace ropescope
