// `ropescope tokenize`: ids of standard input.
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "engine/base/resources.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope::cli {
namespace {

Result<std::string> readStandardInput() {
    std::string text;
    char part[1 << 16];
    while (const std::size_t count = std::fread(part, 1, sizeof part, stdin))
        text.append(part, count);
    if (std::ferror(stdin))
        return fail(inputError("standard input", "stream", "readable text", "a read error"));
    return text;
}

class TokenizeCommand : public Command {
public:
    std::string name() const override { return "tokenize"; }
    std::string description() const override { return "Token ids of standard input"; }

    void declare(CLI::App& app) override {
        app.add_option("MODEL", m_model, "A model folder, a tokenizer.json, a tokenizer.model, a .gguf file, or demo")
            ->required();
        app.add_flag("--no-special", m_noSpecial, "Add no special tokens around the text");
        app.add_flag("--special-as-text", m_specialAsText,
                     "Read special tokens that are written in the text as plain text");
    }

    int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const auto tokenizer = loadTokenizer(modelPath(m_model));
        if (!tokenizer)
            return console.report(tokenizer.error());
        const auto text = readStandardInput();
        if (!text)
            return console.report(text.error());
        const auto ids = (*tokenizer)->encode(*text, {!m_noSpecial, !m_specialAsText});
        if (!ids)
            return console.report(ids.error());
        if (common.json) {
            console.printJson({{"ids", *ids}});
        } else {
            if (!ids->empty())
                console.print(fmt::format("{}", fmt::join(*ids, " ")));
            console.print(fmt::format("{} tokens", ids->size()));
        }
        return done;
    }

private:
    std::string m_model;
    bool m_noSpecial = false;
    bool m_specialAsText = false;
};

} // namespace

std::unique_ptr<Command> makeTokenizeCommand() {
    return std::make_unique<TokenizeCommand>();
}

} // namespace ropescope::cli
