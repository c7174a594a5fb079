#include <optional>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/method_options.h"
#include "app/cli/search_output.h"
#include "engine/base/resources.h"
#include "engine/model/model_config.h"
#include "engine/session/search_job.h"
#include "engine/session/search_start.h"

namespace ropescope::cli {
namespace {

class SearchCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "search"; }
    [[nodiscard]] std::string description() const override {
        return "Search the factors that let a model read further than it was trained";
    }

    void declare(CLI::App& app) override {
        app.add_option("MODEL", m_model, "A model folder, a .gguf file, or demo")->required();
        app.add_option("--text", m_text,
                       "A text file, a folder of them, .jsonl, .json with ids, or demo; its first "
                       "tokens are searched, the rest judges the result")
            ->required();
        app.add_option("--target", m_request.targetLength, "Length in tokens to extend to")->required();
        app.add_option("--study", m_request.study, "New file that keeps everything; goes on with `resume`")->required();
        app.add_option("--output", m_output, "Write the found factors to this file (the project's JSON)");
        declareMethod(app, m_method);
        app.add_option("--init", m_initial, "Start: none, yarn, ntk, pi, or a factor file");
        app.add_option("--attention-factor", m_attentionFactor,
                       "Overrides the start's (YaRN's 0.1 ln s + 1 unless a file says otherwise)")
            ->check(CLI::PositiveNumber);
        app.add_option("--attention", m_attention, "full or lm-infinite[:WINDOW,STARTING[,TOPK,FROM_LAYER]]");
        app.add_flag("--bos", m_request.beginOfText, "Put the model's begin-of-text token in front of every window");
        app.add_option("--batch", m_request.batch, "Candidates scored together: on a GPU more may be faster")
            ->check(CLI::Range(1, 1024));
        app.add_option("--unseen-windows", m_request.unseenWindows,
                       "Most windows of unseen text for the comparison at the end (0: all)")
            ->check(CLI::NonNegativeNumber);
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        if (auto completed = completeRequest(common); !completed)
            return console.report(completed.error());
        if (const auto writable = checkOutput(m_output); !writable)
            return console.report(writable.error());
        const auto outcome = runSearch(
            m_request, [&](const std::string& text) { console.message(text); }, console.control(std::move(stop)));
        return finishSearch(outcome, m_request.study, m_output, common, console);
    }

private:
    // What needs the model's configuration to be understood.
    [[nodiscard]] Result<void> completeRequest(const CommonOptions& common) {
        m_request.model = modelPath(m_model).string();
        m_request.text = textPath(m_text).string();
        m_request.device = deviceOptions(common);
        const auto config = readModelConfig(m_request.model);
        if (!config)
            return fail(config.error());
        const RopeGeometry& rope = config->rope;
        if (m_request.targetLength < 2)
            return fail(
                usageError(fmt::format("--target: at least 2 tokens are needed, got {}", m_request.targetLength)));
        auto method = methodOptions(m_method, static_cast<double>(m_request.targetLength) /
                                                  static_cast<double>(rope.trainedLength));
        if (!method)
            return fail(method.error());
        auto start = searchStart(m_initial, rope, m_request.targetLength, m_attentionFactor);
        if (!start)
            return fail(start.error());
        const auto attention = parseAttention(m_attention, rope.trainedLength);
        if (!attention)
            return fail(attention.error());
        m_request.settings = {*method, *start};
        m_request.attention = *attention;
        return {};
    }

    SearchRequest m_request;
    MethodChoice m_method;
    std::string m_model, m_text, m_output;
    std::string m_initial = "yarn";
    std::string m_attention = "full";
    std::optional<double> m_attentionFactor;
};

} // namespace

std::unique_ptr<Command> makeSearchCommand() {
    return std::make_unique<SearchCommand>();
}

} // namespace ropescope::cli
