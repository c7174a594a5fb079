// What jobs of a window compute with: the model and the text of its setup, loaded when they are first needed.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/tokenizer/corpus.h"
#include "views/models/setup_model.h"

namespace ropescope {

// A loaded model with a text in its tokens. The pointers keep both alive while a job uses them.
struct LabBench {
    std::shared_ptr<LanguageModel> model;
    std::shared_ptr<const Tokenizer> tokenizer; // null for a text of ids
    std::shared_ptr<const Corpus> text;
    AttentionForm attention;
};

// Called inside jobs, on their threads; the queue runs one at a time that needs the engine, so the model is never used
// twice at once. The newest model and text stay loaded.
class Laboratory {
public:
    // What a setup names. Error in the words of the engine when a file is missing or memory runs out.
    [[nodiscard]] Outcome<LabBench> open(const Setup& setup, const RunControl& control);
    // The model alone.
    [[nodiscard]] Outcome<std::shared_ptr<LanguageModel>> model(const Setup& setup, const RunControl& control);
    // The text alone, in the tokens of the setup's model, whose weights are not loaded for it.
    [[nodiscard]] Result<std::shared_ptr<const Corpus>> text(const Setup& setup);
    // Unloads the model, so that other work has its memory; it is loaded again when it is next needed.
    void releaseModel();

private:
    [[nodiscard]] Result<void> readText(const Setup& setup); // under the lock

    std::mutex m_mutex;
    std::string m_modelKey; // path and device
    std::shared_ptr<LanguageModel> m_model;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::string m_textKey; // path and model
    std::shared_ptr<const Corpus> m_text;
};

} // namespace ropescope
