#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/probe_inputs.h"
#include "engine/probe/passkey.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

// NAME, or BEFORE{}AFTER with \n for a new line.
Result<ChatTemplate> parseTemplate(const std::string& word) {
    if (auto known = findChatTemplate(word))
        return std::move(*known);
    std::string text;
    for (std::size_t at = 0; at < word.size(); ++at) {
        const bool newLine = word.compare(at, 2, "\\n") == 0;
        text += newLine ? '\n' : word[at];
        at += newLine ? 1 : 0;
    }
    const auto prompt = text.find("{}");
    if (prompt == std::string::npos)
        return fail(usageError(fmt::format("template: expected {} or BEFORE{{}}AFTER, got \"{}\"",
                                           fmt::join(chatTemplateNames(), ", "), word)));
    return ChatTemplate{text.substr(0, prompt), text.substr(prompt + 2)};
}

class PasskeyCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "passkey"; }
    [[nodiscard]] std::string description() const override {
        return "Passkey retrieval over lengths and depths, with 95 % intervals";
    }

    void declare(CLI::App& app) override {
        declareModel(app, m_options);
        declareFactors(app, m_options, true);
        declareAttention(app, m_options);
        declareStudy(app, m_options);
        declareContext(app, m_options.context);
        app.add_option("--lengths", m_lengths, "Prompt lengths in tokens, separated by commas")
            ->required()
            ->delimiter(',')
            ->allow_extra_args(false);
        app.add_option("--depths", m_depths, "Where the key lies in the filler, 0 to 1, separated by commas")
            ->delimiter(',')
            ->allow_extra_args(false);
        app.add_option("--trials", m_request.trials, "Keys per cell");
        app.add_option("--seed", m_request.seed, "The same seed gives the same prompts on every machine");
        app.add_option("--keys", m_keys, "LO,HI: keys are drawn from this range (10000,99999)")
            ->delimiter(',')
            ->expected(2);
        app.add_option("--new-tokens", m_request.newTokens, "Tokens decoded at most");
        app.add_option("--stop-at", m_request.stopAt,
                       "End a cell once its interval lies on one side of this share of correct answers")
            ->check(CLI::Range(0.0, 1.0));
        app.add_option("--paper", m_paper,
                       "landmark: prompts as the published programs build them (random depth, filler cut between "
                       "characters, keys 1 to 50000)")
            ->check(CLI::IsMember({"landmark"}));
        app.add_option(
            "--template", m_template,
            fmt::format("For chat-tuned models: {} or BEFORE{{}}AFTER", fmt::join(chatTemplateNames(), ", ")));
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        if (!m_template.empty()) {
            auto chat = parseTemplate(m_template);
            if (!chat)
                return console.report(chat.error());
            m_request.chat = std::move(*chat);
        }
        if (m_paper.empty())
            m_request.style = ExactPrompts{m_depths, m_keys[0], m_keys[1]};
        else
            m_request.style = LandmarkPrompts{};
        const RunControl control = console.control(std::move(stop));
        const auto opened = openProbe(m_options, common, control);
        if (const auto code = exitWithout(opened, console))
            return *code;
        const auto& inputs = std::get<ProbeInputs>(opened);
        m_request.attention = inputs.attention;
        if (auto added = addCases(inputs.model->config()); !added)
            return console.report(added.error());
        const auto outcome = measurePasskey(*inputs.model, *inputs.tokenizer, m_request, {}, control);
        if (const auto code = exitWithout(outcome, console))
            return *code;
        const auto& report = std::get<PasskeyReport>(outcome);
        if (common.json)
            console.printJson(toJson(report, inputs));
        else
            console.print(textOf(report));
        if (auto kept = keepProbe(inputs, PasskeyProbe{m_request, report}, console); !kept)
            return console.report(kept.error());
        return done;
    }

private:
    [[nodiscard]] Result<void> addCases(const ModelConfig& config) {
        // Set by set, so that a set's grid fills up before the next begins.
        const std::size_t sets = std::max<std::size_t>(1, m_options.factors.size());
        for (std::size_t set = 0; set < sets; ++set)
            for (const std::int64_t length : m_lengths) {
                auto atLength = factorSetsAt(m_options, config, length);
                if (!atLength)
                    return fail(atLength.error());
                m_request.cases.push_back({std::move((*atLength)[set]), length});
            }
        return {};
    }

    [[nodiscard]] json toJson(const PasskeyReport& report, const ProbeInputs& inputs) const {
        json cells = json::array();
        for (const PasskeyCell& cell : report.cells) {
            json answers = json::array();
            std::int64_t promptTokens = 0;
            for (const PasskeyAnswer& answer : cell.answers) {
                promptTokens += answer.promptTokens;
                answers.push_back(
                    {{"key", answer.key}, {"continuation", answer.continuation}, {"correct", answer.correct}});
            }
            cells.push_back(
                {{"factors", m_request.cases[cell.index].factors.origin},
                 {"length", cell.length},
                 {"depth", cell.depth ? json(*cell.depth) : json()},
                 {"trials", cell.trials},
                 {"correct", cell.correct},
                 {"low", cell.interval.low},
                 {"high", cell.interval.high},
                 {"mean_prompt_tokens", static_cast<double>(promptTokens) / static_cast<double>(cell.trials)},
                 {"answers", answers}});
        }
        json object{{"cells", cells},
                    {"seconds", report.seconds},
                    {"tokens_fed", report.tokensFed},
                    {"tokens_without_cache", report.tokensWithoutCache},
                    {"seed", m_request.seed},
                    {"attention", attentionText(m_request.attention)}};
        addContext(object, inputs);
        return object;
    }

    // One grid per factor set: lengths across, depths down.
    [[nodiscard]] std::string textOf(const PasskeyReport& report) const {
        std::string text;
        const std::size_t perSet = report.cells.size() / std::max<std::size_t>(1, m_options.factors.size());
        for (std::size_t first = 0; first < report.cells.size(); first += perSet)
            text += gridOf(std::span(report.cells).subspan(first, perSet)) + "\n\n";
        return text + fmt::format("correct/trials (95 % interval); {:.1f} s, {} tokens through the model instead of {} "
                                  "without a cache",
                                  report.seconds, report.tokensFed, report.tokensWithoutCache);
    }

    [[nodiscard]] std::string gridOf(std::span<const PasskeyCell> cells) const {
        std::set<std::optional<double>> depths;
        for (const PasskeyCell& cell : cells)
            depths.insert(cell.depth);
        std::string text = fmt::format("{}\n{:>8}", m_request.cases[cells.front().index].factors.origin, "depth");
        for (const std::int64_t length : m_lengths)
            text += fmt::format(" {:>19}", length);
        for (const auto& depth : depths) {
            text += fmt::format("\n{:>8}", depth ? fmt::format("{:g}", *depth) : "random");
            for (const std::int64_t length : m_lengths)
                for (const PasskeyCell& cell : cells)
                    if (cell.length == length && cell.depth == depth)
                        text += fmt::format(" {:>19}", fmt::format("{}/{} ({:.2f}-{:.2f})", cell.correct, cell.trials,
                                                                   cell.interval.low, cell.interval.high));
        }
        return text;
    }

    ProbeOptions m_options;
    std::vector<std::int64_t> m_lengths;
    std::vector<double> m_depths{0, 0.25, 0.5, 0.75, 1};
    std::vector<std::int64_t> m_keys{10000, 99999};
    std::string m_paper;
    std::string m_template;
    PasskeyRequest m_request;
};

} // namespace

std::unique_ptr<Command> makePasskeyCommand() {
    return std::make_unique<PasskeyCommand>();
}

} // namespace ropescope::cli
