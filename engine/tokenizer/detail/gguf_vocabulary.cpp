// The vocabulary inside a GGUF file: byte-level BPE ("gpt2") or SentencePiece pieces with scores ("llama").
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/base/gguf_metadata.h"
#include "engine/tokenizer/detail/gguf_pre_tokenizers.h"
#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/pipeline_tokenizer.h"
#include "engine/tokenizer/detail/readers.h"

namespace ropescope::detail {
namespace {

constexpr std::string_view tokensKey = "tokenizer.ggml.tokens";
constexpr std::string_view typesKey = "tokenizer.ggml.token_type";
constexpr std::string_view scoresKey = "tokenizer.ggml.scores";
constexpr std::string_view mergesKey = "tokenizer.ggml.merges";
constexpr std::string_view preKey = "tokenizer.ggml.pre";
constexpr std::string_view visibleSpace = "\xE2\x96\x81"; // U+2581

// Numbers of the format.
enum TokenType : std::int64_t { normalToken = 1, unknownToken = 2, controlToken = 3, userDefinedToken = 4 };

// The vocabulary's lists, of one length.
class GgufVocabulary {
public:
    explicit GgufVocabulary(const GgufMetadata& file) : m_file(file) {
        const auto tokens = valueOrThrow(file.texts(tokensKey));
        if (!tokens || tokens->empty())
            reject(tokensKey, "the tokens of the vocabulary", "none");
        m_tokens = *tokens;
        if (auto types = valueOrThrow(file.integers(typesKey)))
            m_types = std::move(*types);
        else
            m_types.assign(m_tokens.size(), normalToken);
        if (m_types.size() != m_tokens.size())
            reject(typesKey, fmt::format("{} types, one per token", m_tokens.size()),
                   fmt::format("{}", m_types.size()));
    }

    [[noreturn]] void reject(std::string_view key, std::string_view expected, std::string_view found) const {
        throw Malformed(m_file.badValue(key, expected, found));
    }

    [[nodiscard]] const GgufMetadata& file() const { return m_file; }
    [[nodiscard]] const std::vector<std::string_view>& tokens() const { return m_tokens; }
    [[nodiscard]] std::int64_t type(std::size_t id) const { return m_types[id]; }

    [[nodiscard]] Vocabulary vocabulary() const {
        Vocabulary result;
        result.reserve(m_tokens.size());
        // Backwards, so that of two equal tokens the first keeps the look-up.
        for (std::size_t id = m_tokens.size(); id-- > 0;) {
            if (!isValidUtf8(m_tokens[id]))
                reject(tokensKey, "tokens in UTF-8", fmt::format("other bytes in token {}", id));
            result.add(m_tokens[id], static_cast<TokenId>(id));
        }
        return result;
    }

    // Control tokens are special; a person's own are found in the text as well.
    [[nodiscard]] std::vector<AddedToken> addedTokens() const {
        std::vector<AddedToken> added;
        for (std::size_t id = 0; id < m_tokens.size(); ++id) {
            const std::int64_t type = m_types[id];
            if (m_tokens[id].empty() || (type != controlToken && type != userDefinedToken && type != unknownToken))
                continue;
            AddedToken token;
            token.content = m_tokens[id];
            token.id = static_cast<TokenId>(id);
            token.special = type != userDefinedToken;
            added.push_back(std::move(token));
        }
        return added;
    }

    [[nodiscard]] std::optional<TokenId> idAt(std::string_view key) const {
        const auto id = valueOrThrow(m_file.integer(key));
        if (!id || *id == std::numeric_limits<std::uint32_t>::max()) // how some writers say none
            return std::nullopt;
        if (*id < 0 || *id >= static_cast<std::int64_t>(m_tokens.size()))
            reject(key, fmt::format("an id below {}", m_tokens.size()), fmt::format("{}", *id));
        return static_cast<TokenId>(*id);
    }

    [[nodiscard]] Template around(bool addBegin, bool addEnd) const {
        const bool begin = valueOrThrow(m_file.boolean("tokenizer.ggml.add_bos_token")).value_or(addBegin);
        const bool end = valueOrThrow(m_file.boolean("tokenizer.ggml.add_eos_token")).value_or(addEnd);
        const auto beginId = idAt("tokenizer.ggml.bos_token_id");
        const auto endId = idAt("tokenizer.ggml.eos_token_id");
        Template result;
        if (begin && beginId)
            result.emplace_back(*beginId);
        result.emplace_back(std::nullopt);
        if (end && endId)
            result.emplace_back(*endId);
        return result;
    }

private:
    const GgufMetadata& m_file;
    std::vector<std::string_view> m_tokens;
    std::vector<std::int64_t> m_types;
};

std::vector<Merge> readMerges(const GgufVocabulary& source, const Vocabulary& vocabulary) {
    const auto lines = valueOrThrow(source.file().texts(mergesKey));
    if (!lines)
        source.reject(mergesKey, "the merges of the vocabulary", "none");
    std::vector<Merge> merges;
    merges.reserve(lines->size());
    for (const std::string_view line : *lines) {
        // A token may begin with a space, not contain one further on.
        const std::size_t space = line.find(' ', 1);
        const std::string_view left = line.substr(0, space);
        const std::string_view right = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
        const auto leftId = vocabulary.find(left);
        const auto rightId = vocabulary.find(right);
        const auto result = vocabulary.find(std::string(left) + std::string(right));
        if (right.empty() || !leftId || !rightId || !result)
            source.reject(mergesKey, "two tokens that make a third",
                          fmt::format("\"{}\" at merge {}", repairedUtf8(line.substr(0, 80)), merges.size()));
        merges.push_back({*leftId, *rightId, *result, static_cast<std::uint32_t>(merges.size())});
    }
    return merges;
}

std::unique_ptr<PreTokenizer> preTokenizerFor(const GgufPreTokenizer& rules) {
    std::vector<std::unique_ptr<PreTokenizer>> steps;
    for (const std::string_view pattern : rules.patterns)
        steps.push_back(std::make_unique<SplitPreTokenizer>(Regex::compile(pattern), SplitBehavior::isolated, false));
    steps.push_back(std::make_unique<ByteLevelPreTokenizer>(false, false));
    return std::make_unique<PreTokenizerSequence>(std::move(steps));
}

PipelineParts byteLevelParts(const GgufVocabulary& source) {
    const std::string name = valueOrThrow(source.file().text(preKey)).value_or("default");
    const GgufPreTokenizer* rules = ggufPreTokenizer(name);
    if (!rules)
        source.reject(preKey, "a pre-tokenizer that Ropescope knows",
                      fmt::format("\"{}\"", repairedUtf8(name.substr(0, 80))));
    PipelineParts parts;
    if (rules->composed)
        parts.normalizer = std::make_unique<FormNormalizer>(NormalForm::nfc);
    parts.preTokenizer = preTokenizerFor(*rules);
    parts.decoder = std::make_unique<ByteLevelDecoder>();
    BpeOptions options;
    options.ignoreMerges = rules->ignoreMerges;
    Vocabulary vocabulary = source.vocabulary();
    const auto merges = readMerges(source, vocabulary);
    parts.model = std::make_unique<Bpe>(std::move(vocabulary), merges, std::move(options));
    parts.templates.push_back(source.around(rules->addBegin, false));
    return parts;
}

// SentencePiece joins the two neighbours whose joint piece scores best: every split of a piece into two others is
// a merge, ranked by the piece's score.
std::vector<Merge> mergesOfScores(const GgufVocabulary& source, const Vocabulary& vocabulary) {
    const auto scores = valueOrThrow(source.file().numbers(scoresKey));
    const auto& tokens = source.tokens();
    if (!scores || scores->size() != tokens.size())
        source.reject(scoresKey, fmt::format("{} scores, one per token", tokens.size()),
                      scores ? fmt::format("{}", scores->size()) : "none");
    std::vector<double> ordered = *scores;
    if (std::any_of(ordered.begin(), ordered.end(), [](double score) { return score != score; }))
        source.reject(scoresKey, "numbers", "a NaN");
    std::sort(ordered.begin(), ordered.end(), std::greater<>());
    ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
    std::vector<Merge> merges;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        if (source.type(id) != normalToken || vocabulary.find(tokens[id]) != static_cast<TokenId>(id))
            continue;
        const auto rank =
            std::lower_bound(ordered.begin(), ordered.end(), (*scores)[id], std::greater<>()) - ordered.begin();
        const std::string_view piece = tokens[id];
        for (std::size_t cut = piece.empty() ? 0 : utf8Length(piece.front()); cut < piece.size();
             cut += utf8Length(piece[cut])) {
            const auto left = vocabulary.find(piece.substr(0, cut));
            const auto right = vocabulary.find(piece.substr(cut));
            if (left && right && source.type(static_cast<std::size_t>(*left)) == normalToken &&
                source.type(static_cast<std::size_t>(*right)) == normalToken)
                merges.push_back({*left, *right, static_cast<TokenId>(id), static_cast<std::uint32_t>(rank)});
        }
    }
    return merges;
}

PipelineParts sentencePieceParts(const GgufVocabulary& source) {
    PipelineParts parts;
    std::vector<std::unique_ptr<Normalizer>> steps;
    const bool prefixed = valueOrThrow(source.file().boolean("tokenizer.ggml.add_space_prefix")).value_or(true);
    if (prefixed)
        steps.push_back(std::make_unique<PrependNormalizer>(std::string(visibleSpace)));
    steps.push_back(std::make_unique<ReplaceNormalizer>(Regex::literal(" "), std::string(visibleSpace)));
    parts.normalizer = std::make_unique<NormalizerSequence>(std::move(steps));

    std::vector<std::unique_ptr<Decoder>> decoders;
    decoders.push_back(std::make_unique<ReplaceDecoder>(Regex::literal(visibleSpace), " "));
    decoders.push_back(std::make_unique<ByteFallbackDecoder>());
    decoders.push_back(std::make_unique<FuseDecoder>());
    if (prefixed)
        decoders.push_back(std::make_unique<StripDecoder>(" ", 1, 0));
    parts.decoder = std::make_unique<DecoderSequence>(std::move(decoders));

    BpeOptions options;
    options.byteFallback = true;
    options.fuseUnknown = true;
    options.unknown = source.idAt("tokenizer.ggml.unknown_token_id");
    Vocabulary vocabulary = source.vocabulary();
    const auto merges = mergesOfScores(source, vocabulary);
    parts.model = std::make_unique<Bpe>(std::move(vocabulary), merges, std::move(options));
    parts.templates.push_back(source.around(true, false));
    return parts;
}

} // namespace

std::shared_ptr<const Tokenizer> readGgufVocabulary(const std::filesystem::path& path) {
    const auto file = valueOrThrow(GgufMetadata::open(path));
    const auto model = valueOrThrow(file->text("tokenizer.ggml.model"));
    if (!model || (*model != "gpt2" && *model != "llama"))
        throw Malformed(file->badValue("tokenizer.ggml.model", "gpt2 or llama",
                                       model ? fmt::format("\"{}\"", repairedUtf8(model->substr(0, 80))) : "none"));
    const GgufVocabulary source(*file);
    PipelineParts parts = *model == "gpt2" ? byteLevelParts(source) : sentencePieceParts(source);
    parts.addedTokens = source.addedTokens();
    parts.beginOfText = source.idAt("tokenizer.ggml.bos_token_id");
    parts.endOfText = source.idAt("tokenizer.ggml.eos_token_id");
    return std::make_shared<PipelineTokenizer>(std::move(parts));
}

} // namespace ropescope::detail
