// The steps of a tokenizer in Hugging Face's order: added tokens, normaliser, pre-tokenizer, BPE, template.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/detail/added_tokens.h"
#include "engine/tokenizer/detail/bpe.h"
#include "engine/tokenizer/detail/decoder.h"
#include "engine/tokenizer/detail/normalizer.h"
#include "engine/tokenizer/detail/pre_tokenizer.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope::detail {

// What is put around the ids of a text: ids, and nullopt for the text itself.
using Template = std::vector<std::optional<TokenId>>;
[[nodiscard]] std::vector<TokenId> filled(const Template& around, const std::vector<TokenId>& ids);

struct PipelineParts {
    std::unique_ptr<Normalizer> normalizer;     // null: none
    std::unique_ptr<PreTokenizer> preTokenizer; // null: none
    std::unique_ptr<Bpe> model;
    std::vector<AddedToken> addedTokens;
    std::vector<Template> templates; // applied one after the other
    std::unique_ptr<Decoder> decoder;
    std::optional<TokenId> beginOfText;
    std::optional<TokenId> endOfText;
};

class PipelineTokenizer : public Tokenizer {
public:
    explicit PipelineTokenizer(PipelineParts parts);

    [[nodiscard]] Result<std::vector<TokenId>> encode(std::string_view text,
                                                      const EncodeOptions& options) const override;
    [[nodiscard]] std::string decode(const std::vector<TokenId>& ids) const override;
    [[nodiscard]] int vocabularySize() const override { return m_size; }
    [[nodiscard]] std::optional<TokenId> beginOfText() const override { return m_parts.beginOfText; }
    [[nodiscard]] std::optional<TokenId> endOfText() const override { return m_parts.endOfText; }

private:
    [[nodiscard]] std::vector<TokenId> encodeValid(std::string_view text, const EncodeOptions& options) const;
    void encodeSegment(std::string_view text, bool opensText, bool parseSpecial, WordCache& cache,
                       std::vector<TokenId>& ids) const;
    void encodePlain(std::string_view text, bool opensText, WordCache& cache, std::vector<TokenId>& ids) const;

    PipelineParts m_parts;
    AddedTokenMatcher m_rawMatcher;        // tokens looked for in the text as given
    AddedTokenMatcher m_normalizedMatcher; // tokens looked for after the normaliser
    std::unordered_map<TokenId, std::string> m_addedContent;
    int m_size = 0;
};

} // namespace ropescope::detail
