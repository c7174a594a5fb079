#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/probe_inputs.h"
#include "engine/probe/comparison.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

class CompareCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "compare"; }
    [[nodiscard]] std::string description() const override {
        return "Paired difference between factor sets on the same tokens, with its standard error";
    }

    void declare(CLI::App& app) override {
        declareModel(app, m_options);
        declareText(app, m_options);
        declareFactors(app, m_options, true);
        declareAttention(app, m_options);
        declareStudy(app, m_options);
        app.add_option("--length", m_length, "Tokens per window")->required();
        app.add_option("--windows", m_windows, "At most this many windows side by side (0: all of the text)")
            ->check(CLI::NonNegativeNumber);
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        if (m_options.factors.size() < 2)
            return console.report(usageError("compare needs --factors at least twice"));
        const RunControl control = console.control(std::move(stop));
        const auto opened = openProbe(m_options, common, control);
        if (const auto code = exitWithout(opened, console))
            return *code;
        const auto& inputs = std::get<ProbeInputs>(opened);
        auto sets = factorSetsAt(m_options, inputs.model->config(), m_length);
        if (!sets)
            return console.report(sets.error());
        ComparisonRequest request;
        request.factorSets = std::move(*sets);
        request.length = m_length;
        request.windowLimit = m_windows;
        request.beginOfText = inputs.beginOfText;
        request.attention = inputs.attention;
        const auto outcome = compareFactorSets(*inputs.model, inputs.corpus, request, control);
        if (const auto code = exitWithout(outcome, console))
            return *code;
        const auto& report = std::get<ComparisonReport>(outcome);
        if (report.shortDocuments > 0)
            console.message(fmt::format("{} of {} documents are shorter than {} tokens and were left out",
                                        report.shortDocuments, inputs.corpus.documents.size(), m_length));
        if (common.json)
            console.printJson(toJson(report, inputs.attention));
        else
            console.print(textOf(report));
        if (auto kept = keepProbe(inputs, ComparisonProbe{request, report}, console); !kept)
            return console.report(kept.error());
        return done;
    }

private:
    [[nodiscard]] json toJson(const ComparisonReport& report, const AttentionForm& attention) const {
        json sets = json::array();
        for (std::size_t set = 0; set < report.factorSets.size(); ++set) {
            json object{{"nll", report.nll[set].mean},
                        {"standard_error", report.nll[set].standardError},
                        {"perplexity", std::exp(report.nll[set].mean)},
                        {"by_position", cli::toJson(report.byPosition[set])}};
            addFactors(object, report.factorSets[set]);
            sets.push_back(std::move(object));
        }
        json comparisons = json::array();
        for (const PairedDifference& pair : report.differences) {
            const Interval interval = pair.difference.interval95();
            comparisons.push_back({{"a", report.factorSets[pair.a].origin},
                                   {"b", report.factorSets[pair.b].origin},
                                   {"nll_a", report.nll[pair.a].mean},
                                   {"nll_b", report.nll[pair.b].mean},
                                   {"difference", pair.difference.mean},
                                   {"standard_error", pair.difference.standardError},
                                   {"low", interval.low},
                                   {"high", interval.high},
                                   {"tokens", pair.difference.tokens},
                                   {"by_position", cli::toJson(pair.byPosition)}});
        }
        return {{"length", m_length},
                {"windows", report.windows},
                {"attention", attentionText(attention)},
                {"error_from", report.windowsAreUnits ? "windows" : "runs of tokens"},
                {"difference_is", "nll of b minus nll of a"},
                {"sets", sets},
                {"comparisons", comparisons}};
    }

    // What a difference says at 95 %.
    [[nodiscard]] static std::string verdictOf(const ComparisonReport& report, const PairedDifference& pair) {
        const Interval interval = pair.difference.interval95();
        if (interval.high < 0)
            return report.factorSets[pair.b].origin + " is better";
        if (interval.low > 0)
            return report.factorSets[pair.a].origin + " is better";
        return "no more than noise";
    }

    [[nodiscard]] static std::string textOf(const ComparisonReport& report) {
        std::string text = fmt::format("{:<24} {:>18} {:>11}", "factors", "nll (nats)", "perplexity");
        for (std::size_t set = 0; set < report.factorSets.size(); ++set)
            text += fmt::format("\n{:<24} {:>18} {:>11.4f}", report.factorSets[set].origin, meanText(report.nll[set]),
                                std::exp(report.nll[set].mean));
        text += "\n\nnll by position in the window";
        text += fmt::format("\n{:>17}", "positions");
        for (const FactorSet& set : report.factorSets)
            text += fmt::format(" {:>18}", set.origin);
        for (std::size_t bin = 0; bin < report.byPosition.front().size(); ++bin) {
            const PositionBin& range = report.byPosition.front()[bin];
            text += fmt::format("\n{:>8}-{:<8}", range.first, range.end - 1);
            for (const auto& curve : report.byPosition)
                text += fmt::format(" {:>18}", meanText(curve[bin].estimate));
        }
        text += "\n\npaired difference on the same tokens (b minus a: negative where b is better)";
        for (const PairedDifference& pair : report.differences)
            text += fmt::format("\n{} -> {}: {} over {} tokens: {} at 95 %", report.factorSets[pair.a].origin,
                                report.factorSets[pair.b].origin, meanText(pair.difference), pair.difference.tokens,
                                verdictOf(report, pair));
        return text + fmt::format("\n{} windows; standard errors from {} {}", report.windows,
                                  report.differences.front().difference.units,
                                  report.windowsAreUnits ? "windows" : "runs of tokens within them");
    }

    ProbeOptions m_options;
    std::int64_t m_length = 0;
    std::int64_t m_windows = 0;
};

} // namespace

std::unique_ptr<Command> makeCompareCommand() {
    return std::make_unique<CompareCommand>();
}

} // namespace ropescope::cli
