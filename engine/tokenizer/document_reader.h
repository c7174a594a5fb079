// TEXT one document at a time, for texts that are larger than memory.
#pragma once

#include <filesystem>
#include <functional>

#include "engine/base/outcome.h"
#include "engine/tokenizer/corpus.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope {

// Takes a document over; an error ends the reading and is handed on.
using DocumentSink = std::function<Result<void>(Document&&)>;

// Reads as loadCorpus does, with its errors.
[[nodiscard]] Result<void> readDocuments(const std::filesystem::path& path, const Tokenizer* tokenizer,
                                         int vocabularySize, const DocumentSink& sink);

} // namespace ropescope
