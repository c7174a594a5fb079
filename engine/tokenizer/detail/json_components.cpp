#include "engine/tokenizer/detail/json_components.h"

#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace ropescope::detail {
namespace {

[[noreturn]] void rejectType(const JsonView& json, std::string_view what) {
    json.at("type").reject(fmt::format("a {} that Ropescope knows", what),
                           fmt::format("the unsupported type \"{}\"", json.at("type").text()));
}

template <class Interface, class Read>
std::vector<std::unique_ptr<Interface>> readSteps(const JsonView& list, Read read) {
    std::vector<std::unique_ptr<Interface>> steps;
    for (const JsonView& item : list.items())
        steps.push_back(read(item));
    return steps;
}

// {"String": "..."} or {"Regex": "..."}.
Regex readPattern(const JsonView& json) {
    const auto literal = json.find("String");
    const JsonView source = literal ? *literal : json.at("Regex");
    try {
        return literal ? Regex::literal(source.text()) : Regex::compile(source.text());
    } catch (const std::invalid_argument& problem) {
        source.reject("a regular expression", problem.what());
    }
}

SplitBehavior readBehavior(const JsonView& json) {
    const std::string& name = json.text();
    constexpr std::pair<std::string_view, SplitBehavior> names[] = {
        {"Removed", SplitBehavior::removed},
        {"Isolated", SplitBehavior::isolated},
        {"MergedWithPrevious", SplitBehavior::mergedWithPrevious},
        {"MergedWithNext", SplitBehavior::mergedWithNext},
        {"Contiguous", SplitBehavior::contiguous}};
    for (const auto& [known, behavior] : names)
        if (name == known)
            return behavior;
    json.reject("a split behavior (Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous)");
}

std::string readCharacter(const JsonView& json) {
    const std::string& text = json.text();
    if (text.empty() || utf8Length(text.front()) != text.size())
        json.reject("one character");
    return text;
}

std::size_t readCount(const JsonView& json) {
    return static_cast<std::size_t>(json.integer(0, std::numeric_limits<std::int32_t>::max()));
}

struct MetaspaceSettings {
    std::string replacement;
    MetaspacePreTokenizer::Prepend prepend;
    bool split;
};

MetaspaceSettings readMetaspace(const JsonView& json) {
    using Prepend = MetaspacePreTokenizer::Prepend;
    const std::string scheme = json.text("prepend_scheme", json.boolean("add_prefix_space", true) ? "always" : "never");
    if (scheme != "always" && scheme != "first" && scheme != "never")
        json.at("prepend_scheme").reject("always, first or never");
    const bool prefixed = json.boolean("add_prefix_space", true);
    return {readCharacter(json.at("replacement")),
            !prefixed || scheme == "never" ? Prepend::never
            : scheme == "first"            ? Prepend::first
                                           : Prepend::always,
            json.boolean("split", true)};
}

std::unique_ptr<PreTokenizer> atCharacters(CharacterPreTokenizer::Test test, SplitBehavior behavior) {
    return std::make_unique<CharacterPreTokenizer>(std::move(test), behavior);
}

std::unique_ptr<PreTokenizer> readDelimiter(const JsonView& json) {
    const std::string delimiter = readCharacter(json.at("delimiter"));
    std::size_t position = 0;
    const char32_t wanted = nextCharacter(delimiter, position);
    return atCharacters([wanted](char32_t character) { return character == wanted; }, SplitBehavior::removed);
}

std::unique_ptr<PreTokenizer> bertPreTokenizer() {
    std::vector<std::unique_ptr<PreTokenizer>> steps;
    steps.push_back(atCharacters(isWhitespace, SplitBehavior::removed));
    steps.push_back(atCharacters(isPunctuation, SplitBehavior::isolated));
    return std::make_unique<PreTokenizerSequence>(std::move(steps));
}

TokenId readId(const JsonView& json) {
    return static_cast<TokenId>(json.integer(0, std::numeric_limits<TokenId>::max() - 1));
}

Template readTemplate(const JsonView& json) {
    Template result;
    for (const JsonView& item : json.at("single").items()) {
        if (item.find("Sequence")) {
            result.push_back(std::nullopt);
            continue;
        }
        const std::string& name = item.at("SpecialToken").at("id").text();
        for (const JsonView& id : json.at("special_tokens").at(name).at("ids").items())
            result.push_back(readId(id));
    }
    return result;
}

// ["token", id], as Bert's and Roberta's processors name theirs.
TokenId readNamedId(const JsonView& json) {
    const auto items = json.items();
    if (items.size() != 2)
        json.reject("[\"token\", id]");
    return readId(items[1]);
}

} // namespace

std::unique_ptr<Normalizer> readNormalizer(const JsonView& json) {
    const std::string& type = json.at("type").text();
    if (type == "NFC")
        return std::make_unique<FormNormalizer>(NormalForm::nfc);
    if (type == "NFD")
        return std::make_unique<FormNormalizer>(NormalForm::nfd);
    if (type == "NFKC")
        return std::make_unique<FormNormalizer>(NormalForm::nfkc);
    if (type == "NFKD")
        return std::make_unique<FormNormalizer>(NormalForm::nfkd);
    if (type == "Lowercase")
        return std::make_unique<LowercaseNormalizer>();
    if (type == "StripAccents")
        return std::make_unique<StripAccentsNormalizer>();
    if (type == "ByteLevel")
        return std::make_unique<ByteLevelNormalizer>();
    if (type == "Strip")
        return std::make_unique<StripNormalizer>(json.at("strip_left").boolean(), json.at("strip_right").boolean());
    if (type == "Prepend")
        return std::make_unique<PrependNormalizer>(json.at("prepend").text());
    if (type == "Replace")
        return std::make_unique<ReplaceNormalizer>(readPattern(json.at("pattern")), json.at("content").text());
    if (type == "Sequence")
        return std::make_unique<NormalizerSequence>(readSteps<Normalizer>(json.at("normalizers"), readNormalizer));
    rejectType(json, "normalizer");
}

std::unique_ptr<PreTokenizer> readPreTokenizer(const JsonView& json) {
    const std::string& type = json.at("type").text();
    if (type == "Sequence")
        return std::make_unique<PreTokenizerSequence>(
            readSteps<PreTokenizer>(json.at("pretokenizers"), readPreTokenizer));
    if (type == "ByteLevel")
        return std::make_unique<ByteLevelPreTokenizer>(json.at("add_prefix_space").boolean(),
                                                       json.boolean("use_regex", true));
    if (type == "Split")
        return std::make_unique<SplitPreTokenizer>(readPattern(json.at("pattern")), readBehavior(json.at("behavior")),
                                                   json.boolean("invert", false));
    if (type == "Digits")
        return atCharacters(isNumeric, json.boolean("individual_digits", false) ? SplitBehavior::isolated
                                                                                : SplitBehavior::contiguous);
    if (type == "Punctuation")
        return atCharacters(isPunctuation,
                            json.find("behavior") ? readBehavior(json.at("behavior")) : SplitBehavior::isolated);
    if (type == "Metaspace") {
        MetaspaceSettings settings = readMetaspace(json);
        return std::make_unique<MetaspacePreTokenizer>(std::move(settings.replacement), settings.prepend,
                                                       settings.split);
    }
    if (type == "Whitespace")
        return std::make_unique<WhitespacePreTokenizer>();
    if (type == "WhitespaceSplit")
        return atCharacters(isWhitespace, SplitBehavior::removed);
    if (type == "BertPreTokenizer")
        return bertPreTokenizer();
    if (type == "CharDelimiterSplit")
        return readDelimiter(json);
    if (type == "FixedLength") {
        const std::size_t length = readCount(json.at("length"));
        if (length == 0)
            json.at("length").reject("a length of at least 1");
        return std::make_unique<FixedLengthPreTokenizer>(length);
    }
    rejectType(json, "pre-tokenizer");
}

std::vector<Template> readPostProcessor(const JsonView& json) {
    const std::string& type = json.at("type").text();
    if (type == "ByteLevel")
        return {}; // trims offsets, which are not kept here
    if (type == "TemplateProcessing")
        return {readTemplate(json)};
    if (type == "BertProcessing" || type == "RobertaProcessing")
        return {{readNamedId(json.at("cls")), std::nullopt, readNamedId(json.at("sep"))}};
    if (type != "Sequence")
        rejectType(json, "post-processor");
    std::vector<Template> templates;
    for (const JsonView& item : json.at("processors").items())
        for (Template& step : readPostProcessor(item))
            templates.push_back(std::move(step));
    return templates;
}

std::unique_ptr<Decoder> readDecoder(const JsonView& json) {
    const std::string& type = json.at("type").text();
    if (type == "ByteLevel")
        return std::make_unique<ByteLevelDecoder>();
    if (type == "ByteFallback")
        return std::make_unique<ByteFallbackDecoder>();
    if (type == "Fuse")
        return std::make_unique<FuseDecoder>();
    if (type == "Strip")
        return std::make_unique<StripDecoder>(readCharacter(json.at("content")), readCount(json.at("start")),
                                              readCount(json.at("stop")));
    if (type == "Replace")
        return std::make_unique<ReplaceDecoder>(readPattern(json.at("pattern")), json.at("content").text());
    if (type == "Metaspace") {
        MetaspaceSettings settings = readMetaspace(json);
        return std::make_unique<MetaspaceDecoder>(std::move(settings.replacement),
                                                  settings.prepend != MetaspacePreTokenizer::Prepend::never);
    }
    if (type == "BPEDecoder")
        return std::make_unique<WordSuffixDecoder>(json.text("suffix", "</w>"));
    if (type == "Sequence")
        return std::make_unique<DecoderSequence>(readSteps<Decoder>(json.at("decoders"), readDecoder));
    rejectType(json, "decoder");
}

} // namespace ropescope::detail
