// tokenizer.json: the file of Hugging Face's tokenizers library, for its BPE models.
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "engine/base/json_text.h"
#include "engine/base/mapped_file.h"
#include "engine/tokenizer/detail/json_components.h"
#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/readers.h"

namespace ropescope::detail {
namespace {

constexpr int deepestNesting = 64;

// Ids may have gaps, but none that would make a small file fill the memory.
std::int64_t largestSensibleId(std::size_t tokens) {
    return std::min<std::int64_t>(std::numeric_limits<TokenId>::max() - 1,
                                  static_cast<std::int64_t>(tokens) * 4 + 65536);
}

Vocabulary readVocabulary(const JsonView& vocab) {
    if (!vocab.value().is_object())
        vocab.reject("an object from tokens to ids");
    Vocabulary vocabulary;
    vocabulary.reserve(vocab.value().size());
    const std::int64_t largest = largestSensibleId(vocab.value().size());
    for (const auto& [token, value] : vocab.value().items()) {
        const bool fits =
            value.is_number_integer() &&
            (!value.is_number_unsigned() || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(largest)) &&
            value.get<std::int64_t>() >= 0 && value.get<std::int64_t>() <= largest;
        if (!fits)
            (void)vocab.at(token).integer(0, largest); // rejects with the token's place
        if (!vocabulary.add(token, value.get<TokenId>()))
            vocab.at(token).reject("an id of its own", fmt::format("{}, the id of \"{}\" too", value.get<TokenId>(),
                                                                   *vocabulary.token(value.get<TokenId>())));
    }
    return vocabulary;
}

std::pair<std::string_view, std::string_view> mergeParts(const nlohmann::json& item, const JsonView& merges,
                                                         std::size_t index) {
    if (item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string())
        return {item[0].get_ref<const std::string&>(), item[1].get_ref<const std::string&>()};
    if (item.is_string()) {
        const std::string_view text = item.get_ref<const std::string&>();
        const std::size_t space = text.find(' ');
        if (space != std::string_view::npos && text.find(' ', space + 1) == std::string_view::npos)
            return {text.substr(0, space), text.substr(space + 1)};
    }
    merges.items()[index].reject("\"left right\" or [\"left\", \"right\"]");
}

std::vector<Merge> readMerges(const JsonView& merges, const Vocabulary& vocabulary,
                              const std::string& continuingPrefix) {
    if (!merges.value().is_array())
        merges.reject("an array");
    std::vector<Merge> result;
    result.reserve(merges.value().size());
    std::string joined;
    std::size_t index = 0;
    for (const nlohmann::json& item : merges.value()) {
        const std::size_t place = index++;
        if (item.is_string() && item.get_ref<const std::string&>().starts_with("#version"))
            continue; // a headline that old files carry
        const auto [left, right] = mergeParts(item, merges, place);
        const auto idOf = [&, at = place](std::string_view token) {
            const auto id = token.empty() ? std::nullopt : vocabulary.find(token);
            if (!id)
                merges.items()[at].reject("tokens of the vocabulary",
                                          fmt::format("\"{}\", which is none", token.substr(0, 80)));
            return *id;
        };
        const TokenId leftId = idOf(left);
        const TokenId rightId = idOf(right);
        joined = left;
        joined += right.substr(right.starts_with(continuingPrefix) ? continuingPrefix.size() : 0);
        result.push_back({leftId, rightId, idOf(joined), static_cast<std::uint32_t>(result.size())});
    }
    return result;
}

std::vector<AddedToken> readAddedTokens(const JsonView& document, const Vocabulary& vocabulary) {
    std::vector<AddedToken> tokens;
    const auto list = document.find("added_tokens");
    if (!list)
        return tokens;
    const auto items = list->items();
    const std::int64_t largest = largestSensibleId(static_cast<std::size_t>(vocabulary.size()) + items.size());
    for (const JsonView& item : items) {
        AddedToken token;
        token.content = item.at("content").text();
        const auto id = static_cast<TokenId>(item.at("id").integer(0, largest));
        token.id = vocabulary.find(token.content).value_or(id);
        token.special = item.boolean("special", false);
        token.normalized = item.boolean("normalized", !token.special);
        token.singleWord = item.boolean("single_word", false);
        token.leftStrip = item.boolean("lstrip", false);
        token.rightStrip = item.boolean("rstrip", false);
        if (!token.content.empty())
            tokens.push_back(std::move(token));
    }
    return tokens;
}

std::optional<TokenId> idOf(std::string_view content, const Vocabulary& vocabulary,
                            const std::vector<AddedToken>& added) {
    if (const auto id = vocabulary.find(content))
        return id;
    for (const AddedToken& token : added)
        if (token.content == content)
            return token.id;
    return std::nullopt;
}

void requireBpe(const JsonView& model) {
    const std::string type = model.text("type", "BPE"); // old files leave it out
    if (type != "BPE")
        model.at("type").reject("a BPE model", fmt::format("the unsupported type \"{}\"", type));
    const auto dropout = model.find("dropout");
    if (dropout && !(dropout->value().is_number() && dropout->value().get<double>() == 0))
        dropout->reject("null or 0 (ids at random are no measure)");
}

std::unique_ptr<Bpe> readModel(const JsonView& model, Vocabulary vocabulary, const std::vector<AddedToken>& added) {
    BpeOptions options;
    options.fuseUnknown = model.boolean("fuse_unk", false);
    options.byteFallback = model.boolean("byte_fallback", false);
    options.ignoreMerges = model.boolean("ignore_merges", false);
    options.continuingPrefix = model.text("continuing_subword_prefix", "");
    options.wordSuffix = model.text("end_of_word_suffix", "");
    if (const auto unknown = model.find("unk_token")) {
        options.unknown = idOf(unknown->text(), vocabulary, added);
        if (!options.unknown)
            unknown->reject("a token of the vocabulary");
    }
    const auto merges = readMerges(model.at("merges"), vocabulary, options.continuingPrefix);
    return std::make_unique<Bpe>(std::move(vocabulary), merges, std::move(options));
}

std::shared_ptr<const Tokenizer> build(const JsonView& document, const Companions& companions) {
    const JsonView model = document.at("model");
    requireBpe(model);
    PipelineParts parts;
    Vocabulary vocabulary = readVocabulary(model.at("vocab"));
    parts.addedTokens = readAddedTokens(document, vocabulary);
    const auto find = [&](const std::optional<std::string>& token, std::optional<TokenId> id) {
        const auto byText = token ? idOf(*token, vocabulary, parts.addedTokens) : std::nullopt;
        return byText ? byText : id && *id >= 0 ? id : std::nullopt;
    };
    parts.beginOfText = find(companions.beginToken, companions.beginId);
    parts.endOfText = find(companions.endToken, companions.endId);
    parts.model = readModel(model, std::move(vocabulary), parts.addedTokens);
    if (const auto normalizer = document.find("normalizer"))
        parts.normalizer = readNormalizer(*normalizer);
    if (const auto preTokenizer = document.find("pre_tokenizer"))
        parts.preTokenizer = readPreTokenizer(*preTokenizer);
    if (const auto postProcessor = document.find("post_processor"))
        parts.templates = readPostProcessor(*postProcessor);
    const auto decoder = document.find("decoder");
    parts.decoder = decoder ? readDecoder(*decoder) : std::make_unique<SpaceDecoder>();
    return std::make_shared<PipelineTokenizer>(std::move(parts));
}

} // namespace

std::shared_ptr<const Tokenizer> readTokenizerJson(const std::filesystem::path& path) {
    const auto file = valueOrThrow(MappedFile::open(path));
    const nlohmann::json document = valueOrThrow(parseJson(file->text(), path.string(), deepestNesting));
    return build(JsonView(document, path.string()), readCompanions(path.parent_path()));
}

} // namespace ropescope::detail
