#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/probe_inputs.h"
#include "engine/probe/perplexity.h"
#include "engine/probe/scoring.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

class PerplexityCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "perplexity"; }
    [[nodiscard]] std::string description() const override {
        return "Perplexity of a text for each factor set and length";
    }

    void declare(CLI::App& app) override {
        declareModel(app, m_options);
        declareText(app, m_options);
        declareFactors(app, m_options, true);
        declareAttention(app, m_options);
        declareStudy(app, m_options);
        declareContext(app, m_options.context);
        app.add_option("--lengths", m_lengths, "Lengths in tokens, separated by commas")
            ->required()
            ->delimiter(',')
            ->allow_extra_args(false);
        app.add_option(
               "--protocol", m_protocol,
               "prefix: the first tokens of each document, all scored; sliding: windows every --stride tokens, "
               "each scoring what no earlier one did; cepe: windows every --stride tokens, each scoring its last "
               "--scored tokens")
            ->check(CLI::IsMember({"prefix", "sliding", "cepe"}));
        app.add_option("--stride", m_stride, "Tokens between windows");
        app.add_option("--scored", m_scored, "Tokens at the end of a window that count under cepe");
        app.add_option("--average", m_average,
                       "tokens: every token counts the same; windows: every window does, as in published programs")
            ->check(CLI::IsMember({"tokens", "windows"}));
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        const RunControl control = console.control(std::move(stop));
        const auto opened = openProbe(m_options, common, control);
        if (const auto code = exitWithout(opened, console))
            return *code;
        const auto& inputs = std::get<ProbeInputs>(opened);
        const auto request = requestFor(inputs);
        if (!request)
            return console.report(request.error());
        const auto outcome = measurePerplexity(*inputs.model, inputs.corpus, *request, control);
        if (const auto code = exitWithout(outcome, console))
            return *code;
        show(std::get<0>(outcome), inputs, common, console);
        if (auto kept = keepProbe(inputs, PerplexityProbe{*request, std::get<0>(outcome)}, console); !kept)
            return console.report(kept.error());
        const auto isNan = [](const PerplexityResult& result) { return std::isnan(result.nll.mean); };
        return std::ranges::all_of(std::get<0>(outcome), isNan) ? console.report(gaveNan(inputs))
                                                                : static_cast<int>(done);
    }

private:
    [[nodiscard]] Result<PerplexityRequest> requestFor(const ProbeInputs& inputs) const {
        PerplexityRequest request;
        request.attention = inputs.attention;
        request.beginOfText = inputs.beginOfText;
        request.averaging = m_average == "windows" ? Averaging::byWindow : Averaging::byToken;
        if (m_protocol == "sliding")
            request.protocol = SlidingProtocol{m_stride};
        if (m_protocol == "cepe")
            request.protocol = LastTokensProtocol{m_scored, m_stride};
        request.contextTokens = leadingTokens(inputs.context);
        for (const std::int64_t length : m_lengths) {
            auto sets = factorSetsAt(m_options, inputs.model->config(), length);
            if (!sets)
                return fail(sets.error());
            for (FactorSet& set : *sets)
                request.cases.push_back({std::move(set), length});
        }
        return request;
    }

    void show(const std::vector<PerplexityResult>& results, const ProbeInputs& inputs, const CommonOptions& common,
              Console& console) const {
        for (const PerplexityResult& result : results) {
            if (result.shortDocuments > 0)
                console.message(fmt::format("length {}: {} of {} documents are shorter and were left out",
                                            result.length, result.shortDocuments, inputs.corpus.documents.size()));
            if (std::isnan(result.nll.mean))
                console.message(fmt::format("length {}, {}: the model gave NaN", result.length, result.factors.origin));
        }
        if (!common.json) {
            console.print(tableOf(results));
            return;
        }
        json list = json::array();
        for (const PerplexityResult& result : results)
            list.push_back(toJson(result));
        json object{{"protocol", m_protocol},
                    {"average", m_average},
                    {"attention", attentionText(inputs.attention)},
                    {"device", inputs.model->deviceName()},
                    {"text_sha256", inputs.corpus.sha256},
                    {"results", list}};
        addContext(object, inputs);
        console.printJson(object);
    }

    [[nodiscard]] json toJson(const PerplexityResult& result) const {
        json object{{"length", result.length},
                    {"nll", result.nll.mean},
                    {"standard_error", result.nll.standardError},
                    {"perplexity", result.perplexity},
                    {"tokens", result.nll.tokens},
                    {"tokens_fed", result.tokensFed},
                    {"windows", result.windows.size()},
                    {"documents_left_out", result.shortDocuments},
                    {"seconds", result.seconds},
                    {"tokens_per_second", result.tokensPerSecond()},
                    {"peak_memory_bytes", result.peakMemoryBytes}};
        addFactors(object, result.factors);
        // Sliding windows score tokens that all have nearly the whole window before them: no curve to show.
        if (m_protocol == "prefix") {
            const std::int64_t first = firstScoredPosition(result.windows.front(), m_options.beginOfText);
            object["by_position"] =
                cli::toJson(bandByPosition(result.tokenNll, first, positionEdges(first, result.length)));
        }
        return object;
    }

    [[nodiscard]] static std::string tableOf(const std::vector<PerplexityResult>& results) {
        std::string table = fmt::format("{:<24} {:>9} {:>18} {:>11} {:>9} {:>9} {:>10}", "factors", "length",
                                        "nll (nats)", "perplexity", "tokens", "tokens/s", "peak MB");
        for (const PerplexityResult& result : results)
            table += fmt::format("\n{:<24} {:>9} {:>18} {:>11.4f} {:>9} {:>9.0f} {:>10.1f}", result.factors.origin,
                                 result.length, meanText(result.nll), result.perplexity, result.nll.tokens,
                                 result.tokensPerSecond(), static_cast<double>(result.peakMemoryBytes) / 1e6);
        return table;
    }

    ProbeOptions m_options;
    std::vector<std::int64_t> m_lengths;
    std::string m_protocol = "prefix";
    std::int64_t m_stride = 256;
    std::int64_t m_scored = 256;
    std::string m_average = "tokens";
};

} // namespace

std::unique_ptr<Command> makePerplexityCommand() {
    return std::make_unique<PerplexityCommand>();
}

} // namespace ropescope::cli
