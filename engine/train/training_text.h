// The tokens that a training run reads, wherever they lie.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/corpus.h"

namespace ropescope {

// Documents end to end. Immutable; safe from several threads.
class TrainingText {
public:
    virtual ~TrainingText() = default;
    // In tokens.
    [[nodiscard]] virtual const std::vector<std::int64_t>& documentLengths() const = 0;
    // Tokens first, first + 1, ... of all documents in order; all of them exist.
    virtual void read(std::int64_t first, std::span<TokenId> out) const = 0;
    // The same for the same tokens in the same documents: a run is only continued on its own text.
    [[nodiscard]] virtual const std::string& identity() const = 0;
    // Sequences are taken in order from the start and from the start again, instead of shuffled.
    [[nodiscard]] virtual bool inOrder() const = 0;
    // The file or folder that it was read from; empty for a text that came from elsewhere.
    [[nodiscard]] virtual std::filesystem::path source() const { return {}; }
};

// What identity() says of tokens with this SHA-256 (as int32, little-endian) in documents of these lengths.
[[nodiscard]] std::string textIdentity(std::string_view sha256OfTokens, const std::vector<std::int64_t>& lengths);

// A text in memory.
class CorpusText final : public TrainingText {
public:
    CorpusText(Corpus corpus, bool inOrder);

    [[nodiscard]] const std::vector<std::int64_t>& documentLengths() const override { return m_lengths; }
    void read(std::int64_t first, std::span<TokenId> out) const override;
    [[nodiscard]] const std::string& identity() const override { return m_identity; }
    [[nodiscard]] bool inOrder() const override { return m_inOrder; }

private:
    Corpus m_corpus;
    std::vector<std::int64_t> m_lengths, m_starts;
    std::string m_identity;
    bool m_inOrder;
};

} // namespace ropescope
