// A text as tokens in a file that is mapped, not loaded: tokenised once, whatever its size.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/run_control.h"
#include "engine/train/training_text.h"

namespace ropescope {

// Layout, little-endian: "RSTOKEN1", 64 letters of the key (what it was made of), the tokens as int32, the length of
// every document as int64, 64 letters of the tokens' SHA-256, the number of documents and of tokens as int64. Opening
// checks the key and that the counts fit the file's size; the tokens themselves are not read again.
class CachedText final : public TrainingText {
public:
    // The cache in `file`, made first where it is missing, damaged, or was made of other text, tokenizer files or
    // vocabulary (all by content). One document at a time is in memory meanwhile. `tokenizer`: a model folder, a .gguf
    // or a tokenizer file; not opened for a .json text of ids. Errors as of loadCorpus; the file appears whole or not
    // at all, and its folder is made where it is missing.
    [[nodiscard]] static Outcome<CachedText> open(const std::filesystem::path& file, const std::filesystem::path& text,
                                                  const std::filesystem::path& tokenizer, int vocabularySize,
                                                  bool inOrder, const RunControl& control);

    [[nodiscard]] const std::vector<std::int64_t>& documentLengths() const override { return m_lengths; }
    void read(std::int64_t first, std::span<TokenId> out) const override;
    [[nodiscard]] const std::string& identity() const override { return m_identity; }
    [[nodiscard]] bool inOrder() const override { return m_inOrder; }
    [[nodiscard]] std::filesystem::path source() const override { return m_source; }

private:
    CachedText(std::shared_ptr<const MappedFile> file, std::vector<std::int64_t> lengths, std::string identity,
               std::filesystem::path source, bool inOrder);
    // Nothing where the file is not a whole cache of this key.
    [[nodiscard]] static std::unique_ptr<CachedText> existing(const std::filesystem::path& file, const std::string& key,
                                                              const std::filesystem::path& text, bool inOrder);

    std::shared_ptr<const MappedFile> m_file;
    std::vector<std::int64_t> m_lengths;
    std::string m_identity;
    std::filesystem::path m_source;
    bool m_inOrder;
};

} // namespace ropescope
