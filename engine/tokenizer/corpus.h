// TEXT as the command line and the window mean it: documents of token ids.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope {

struct Document {
    std::string name; // file, or file:line of a .jsonl
    std::vector<TokenId> ids;
};

struct Corpus {
    std::vector<Document> documents;
    std::string source; // as the person named it
    std::string sha256; // of the ids as little-endian int32, documents in order: the text's identity in a study
    [[nodiscard]] std::int64_t tokens() const;
};

// A UTF-8 file (one document), a folder of such files (sorted by name), a .jsonl with a "text" field, or a
// .json
// {"ids": [...]} that is tokenised already and needs no tokenizer (`tokenizer` may then be null). No special
// tokens are added. `vocabularySize` bounds given ids. Empty texts and ids out of range are input errors.
[[nodiscard]] Result<Corpus> loadCorpus(const std::filesystem::path& path, const Tokenizer* tokenizer,
                                        int vocabularySize);

} // namespace ropescope
