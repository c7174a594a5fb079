#include "app/cli/context_inputs.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/json_text.h"
#include "engine/base/mapped_file.h"
#include "engine/base/resources.h"
#include "engine/model/context_config.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

// {"chunks": [[ids], ...]}; nothing for another document.
Result<std::optional<Context>> readChunks(const std::filesystem::path& path, int vocabulary) {
    const auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    const auto document = parseJson((*file)->text(), path.string());
    if (!document)
        return fail(document.error());
    if (!document->is_object() || !document->contains("chunks"))
        return std::optional<Context>();
    const json& chunks = document->at("chunks");
    if (!chunks.is_array() || chunks.empty())
        return fail(inputError(path.string(), "chunks", "a list of lists of ids, not empty", chunks.type_name()));
    Context context;
    for (const json& chunk : chunks) {
        const std::string place = fmt::format("chunks[{}]", context.chunks.size());
        if (!chunk.is_array() || chunk.empty())
            return fail(inputError(path.string(), place, "a list of ids, not empty", chunk.type_name()));
        std::vector<TokenId>& ids = context.chunks.emplace_back();
        for (const json& id : chunk) {
            if (!id.is_number_integer() || id < 0 || id >= vocabulary)
                return fail(inputError(path.string(), fmt::format("{}[{}]", place, ids.size()),
                                       fmt::format("an id from 0 to {} (the encoder's vocabulary)", vocabulary - 1),
                                       id.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 60)));
            ids.push_back(id.get<TokenId>());
        }
    }
    return context;
}

Result<Context> contextOf(const std::filesystem::path& path, const ContextOptions& options, int vocabulary,
                          const Tokenizer* tokenizer) {
    if (path.extension() == ".json") {
        auto chunks = readChunks(path, vocabulary);
        if (!chunks)
            return fail(chunks.error());
        if (*chunks)
            return std::move(**chunks);
    }
    const auto corpus = loadCorpus(path, tokenizer, vocabulary);
    if (!corpus)
        return fail(corpus.error());
    Context context;
    for (const Document& document : corpus->documents)
        for (std::vector<TokenId>& chunk : inChunks(document.ids, options.chunk).chunks)
            context.chunks.push_back(std::move(chunk));
    return context;
}

} // namespace

void declareContext(CLI::App& app, ContextOptions& options) {
    app.add_option("--context", options.context,
                   "For a CEPE folder, what its encoder reads: a text of its own (also .json with chunks of ids), or N "
                   "for the first N tokens of every sequence");
    app.add_option("--chunk", options.chunk, "Tokens that the encoder reads together")->check(CLI::PositiveNumber);
}

Result<ContextChoice> readContext(const ContextOptions& options, const ModelConfig& config,
                                  const Tokenizer* tokenizer) {
    if (options.context.empty())
        return ContextChoice();
    if (!config.crossAttention)
        return fail(usageError("--context: this model has no encoder to read one; a CEPE folder is needed (cepe-init "
                               "makes one)"));
    const std::string& word = options.context;
    std::int64_t tokens = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), tokens);
    if (end == word.data() + word.size()) {
        if (problem != std::errc() || tokens < 0)
            return fail(usageError(fmt::format("--context: expected a number of tokens or a text, got \"{}\"", word)));
        return tokens == 0 ? ContextChoice() : LeadingContext{tokens, options.chunk};
    }
    auto context = contextOf(textPath(word), options, config.crossAttention->encoder.vocabulary, tokenizer);
    if (!context)
        return fail(context.error());
    return std::move(*context);
}

std::int64_t contextTokens(const ContextChoice& choice) {
    const auto* context = std::get_if<Context>(&choice);
    return context ? context->tokens() : leadingTokens(choice);
}

std::int64_t leadingTokens(const ContextChoice& choice) {
    const auto* leading = std::get_if<LeadingContext>(&choice);
    return leading ? leading->tokens : 0;
}

Outcome<std::shared_ptr<LanguageModel>> inView(const std::shared_ptr<LanguageModel>& model, const ContextChoice& choice,
                                               const RunControl& control) {
    if (const auto* context = std::get_if<Context>(&choice))
        return withContext(model, *context, control);
    const auto* leading = std::get_if<LeadingContext>(&choice);
    if (!leading)
        return model;
    auto reader = withLeadingContext(model, leading->tokens, leading->chunk);
    if (!reader)
        return reader.error();
    return std::move(*reader);
}

} // namespace ropescope::cli
