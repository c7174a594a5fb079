// tokenizer.model: a SentencePiece model (BPE or unigram), encoded by the SentencePiece library.
#include <algorithm>

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include "engine/base/mapped_file.h"
#include "engine/tokenizer/detail/added_tokens.h"
#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/pipeline_tokenizer.h"
#include "engine/tokenizer/detail/readers.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

using sentencepiece::SentencePieceProcessor;

// normalizer_spec { add_dummy_prefix: false }, as protobuf writes it: appended to a model it overrides the model's
// own setting.
constexpr std::string_view withoutPrefix("\x1A\x02\x18\x00", 4);
// Larger models than any published; the library copies the file.
constexpr std::size_t largestModel = std::size_t{256} << 20;

class SentencePieceTokenizer : public Tokenizer {
public:
    SentencePieceTokenizer(const std::filesystem::path& path, const Companions& companions) {
        const auto file = valueOrThrow(MappedFile::open(path));
        if (file->bytes().empty() || file->bytes().size() > largestModel)
            throw Malformed(inputError(path.string(), "size", fmt::format("1 to {} bytes", largestModel),
                                       fmt::format("{}", file->bytes().size())));
        load(m_opening, std::string(file->text()), path);
        load(m_following, std::string(file->text()) + std::string(withoutPrefix), path);
        m_prefixEach = companions.legacy.value_or(true);
        m_size = m_opening.GetPieceSize();
        collectAdded(companions, path);
        const auto idOf = [&](const std::optional<std::string>& token, int own) -> std::optional<TokenId> {
            if (token)
                for (const auto& [id, content] : m_contents)
                    if (content == *token)
                        return id;
            return own >= 0 ? std::optional<TokenId>(own) : std::nullopt;
        };
        m_begin = idOf(companions.beginToken, m_opening.bos_id());
        m_end = idOf(companions.endToken, m_opening.eos_id());
        if (companions.addBegin.value_or(true) && m_begin)
            m_around.push_back(*m_begin);
        m_around.push_back(std::nullopt);
        if (companions.addEnd.value_or(false) && m_end)
            m_around.push_back(*m_end);
    }

    [[nodiscard]] Result<std::vector<TokenId>> encode(std::string_view text,
                                                      const EncodeOptions& options) const override {
        const std::string repaired = isValidUtf8(text) ? std::string() : repairedUtf8(text);
        if (!repaired.empty())
            text = repaired;
        std::vector<TokenId> ids;
        bool opening = true;
        for (const AddedSplit& split : m_matcher.split(text, options.parseSpecial)) {
            if (split.id) {
                ids.push_back(*split.id);
            } else {
                std::vector<int> part;
                const auto status = (opening || m_prefixEach ? m_opening : m_following)
                                        .Encode(text.substr(split.begin, split.end - split.begin), &part);
                if (!status.ok())
                    return fail(failure(fmt::format("SentencePiece cannot encode the text: {}", status.ToString())));
                ids.insert(ids.end(), part.begin(), part.end());
            }
            opening = false;
        }
        return options.addSpecial ? filled(m_around, ids) : ids;
    }

    [[nodiscard]] std::string decode(const std::vector<TokenId>& ids) const override {
        std::string text;
        bool opening = true;
        for (const TokenId id : ids) {
            const auto known = m_contents.find(id);
            if (known != m_contents.end()) {
                text += known->second;
            } else if (id >= 0 && id < m_opening.GetPieceSize()) {
                appendPiece(text, id, opening);
                opening = false;
            }
        }
        return text;
    }

    [[nodiscard]] int vocabularySize() const override { return m_size; }
    [[nodiscard]] std::optional<TokenId> beginOfText() const override { return m_begin; }
    [[nodiscard]] std::optional<TokenId> endOfText() const override { return m_end; }

private:
    static void load(SentencePieceProcessor& processor, const std::string& bytes, const std::filesystem::path& path) {
        const auto status = processor.LoadFromSerializedProto(bytes);
        if (!status.ok())
            throw Malformed(inputError(path.string(), "model", "a SentencePiece model", status.ToString()));
    }

    void collectAdded(const Companions& companions, const std::filesystem::path& path) {
        std::vector<AddedToken> added;
        const auto add = [&](TokenId id, const std::string& content, bool special) {
            AddedToken token;
            token.id = id;
            token.content = content;
            token.special = special;
            added.push_back(std::move(token));
            m_contents.insert_or_assign(id, content);
        };
        for (int id = 0; id < m_opening.GetPieceSize(); ++id)
            if (m_opening.IsControl(id) || m_opening.IsUnknown(id))
                add(id, m_opening.IdToPiece(id), true);
        const TokenId limit = m_size * 4 + 65536;
        for (const Companions::Added& token : companions.added) {
            if (token.id >= limit)
                throw Malformed(inputError((path.parent_path() / "tokenizer_config.json").string(),
                                           "added_tokens_decoder", fmt::format("ids below {}", limit),
                                           fmt::format("{}", token.id)));
            add(token.id, token.content, token.special);
            m_size = std::max(m_size, token.id + 1);
        }
        std::vector<std::string> patterns;
        for (const AddedToken& token : added)
            patterns.push_back(token.content);
        m_matcher = AddedTokenMatcher(std::move(added), patterns);
    }

    void appendPiece(std::string& text, TokenId id, bool opening) const {
        const std::string& piece = m_opening.IdToPiece(id);
        if (m_opening.IsByte(id)) {
            text += static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16));
            return;
        }
        constexpr std::string_view visibleSpace = "\xE2\x96\x81";
        std::string_view rest = piece;
        if (opening && rest.starts_with(visibleSpace))
            rest.remove_prefix(visibleSpace.size()); // the prefix that encoding added
        while (!rest.empty()) {
            const bool space = rest.starts_with(visibleSpace);
            text += space ? ' ' : rest.front();
            rest.remove_prefix(space ? visibleSpace.size() : 1);
        }
    }

    SentencePieceProcessor m_opening;   // for the part that opens a text
    SentencePieceProcessor m_following; // for parts behind a special token: no space before the first word
    bool m_prefixEach = true;           // "legacy": every part is treated as opening
    AddedTokenMatcher m_matcher;
    std::unordered_map<TokenId, std::string> m_contents; // control and added tokens
    Template m_around;
    std::optional<TokenId> m_begin, m_end;
    int m_size = 0;
};

} // namespace

std::shared_ptr<const Tokenizer> readSentencePiece(const std::filesystem::path& path) {
    return std::make_shared<SentencePieceTokenizer>(path, readCompanions(path.parent_path()));
}

} // namespace ropescope::detail
