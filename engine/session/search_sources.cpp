#include "engine/session/search_sources.h"

#include <fmt/format.h>

#include "engine/base/resources.h"
#include "engine/model/model_config.h"
#include "engine/model/model_identity.h"
#include "engine/probe/scoring.h"

namespace ropescope {

std::vector<TokenId> SearchText::searchedIds() const {
    std::vector<TokenId> storage;
    const auto ids = windowTokens(corpus, searched, beginOfText, storage);
    return {ids.begin(), ids.end()};
}

Result<SearchText> openSearchText(const std::string& modelPath, const std::string& textPath, std::int64_t length,
                                  bool beginOfText) {
    const auto config = readModelConfig(modelPath);
    if (!config)
        return fail(config.error());
    const auto tokenizer = loadTokenizer(modelPath);
    // A text of ids needs no tokenizer, so a model without one can still be searched on it.
    const bool tokenised = std::filesystem::path(textPath).extension() == ".json";
    if (!tokenizer && (!tokenised || beginOfText))
        return fail(tokenizer.error());
    auto corpus = loadCorpus(textPath, tokenizer ? tokenizer->get() : nullptr, config->vocabulary);
    if (!corpus)
        return fail(std::move(corpus.error()));
    SearchText text{std::move(*corpus), {}, {}};
    if (beginOfText) {
        text.beginOfText = (*tokenizer)->beginOfText();
        if (!text.beginOfText)
            return fail(usageError("the model's tokenizer has no begin-of-text token"));
    }
    const auto plan = planWindows(
        text.corpus, {.length = length, .beginOfText = beginOfText, .protocol = PrefixProtocol{}, .limit = 1});
    if (!plan)
        return fail(plan.error());
    text.searched = plan->windows.front();
    return text;
}

Outcome<StudyModel> identifyModel(const std::string& path, const RunControl& control) {
    const auto config = readModelConfig(path);
    if (!config)
        return config.error();
    auto outcome = modelIdentity(path, control);
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return Cancelled{};
    return StudyModel{portableModelPath(path), std::get<std::string>(outcome),
                      fmt::format("{}, {} layers, {} rotary pairs, trained at {} tokens", name(config->architecture),
                                  config->layers, config->rope.pairs(), config->rope.trainedLength),
                      config->rope};
}

StudyText identifyText(const std::string& path, const Corpus& corpus) {
    return {portableTextPath(path), corpus.sha256, corpus.tokens()};
}

} // namespace ropescope
