#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "engine/search/replay.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

template <class Value>
json orNull(const std::optional<Value>& value) {
    return value ? json(*value) : json();
}

json toJson(const Decision& decision) {
    return {{"level", decision.level},
            {"first", decision.segment.first},
            {"end", decision.segment.end},
            {"lo", decision.window.low},
            {"hi", decision.window.high},
            {"increments", decision.increments},
            {"scores", decision.scores},
            {"valid", decision.valid},
            {"best", orNull(decision.best)},
            {"top", decision.top},
            {"lambda_after", decision.factorsAfter},
            {"child_lo", decision.children.low},
            {"child_hi", decision.children.high}};
}

json toJson(const ObjectiveReplay& objective) {
    return {{"matches", !objective.firstDifference},
            {"first_difference", orNull(objective.firstDifference)},
            {"scores_compared", objective.scoresCompared},
            {"scores_differing", objective.scoresDiffering},
            {"largest_relative_score_difference", objective.largestRelativeScoreDifference}};
}

json toJson(const ReplayReport& report) {
    json decisions = json::array();
    for (const Decision& decision : report.decisions)
        decisions.push_back(toJson(decision));
    return {{"name", report.name},
            {"final", report.final},
            {"final_score", orNull(report.finalScore)},
            {"evaluations", report.evaluations},
            {"steps", report.steps},
            {"matches", report.matches()},
            {"first_difference", orNull(report.firstDifference)},
            {"objective", report.objective ? toJson(*report.objective) : json()},
            {"decisions", decisions}};
}

// One trace: its keys at the top. Several: their sums at the top, each in "traces".
json toJson(const std::vector<ReplayReport>& reports) {
    if (reports.size() == 1)
        return toJson(reports.front());
    json traces = json::array();
    std::int64_t evaluations = 0;
    std::int64_t steps = 0;
    bool matches = true;
    json finals = json::array();
    for (const ReplayReport& report : reports) {
        traces.push_back(toJson(report));
        finals.push_back(report.final);
        evaluations += report.evaluations;
        steps += report.steps;
        matches = matches && report.matches();
    }
    return {
        {"traces", traces}, {"final", finals}, {"evaluations", evaluations}, {"steps", steps}, {"matches", matches}};
}

std::string toText(const ReplayReport& report) {
    std::string text = fmt::format("{}: {} evaluations in {} steps, ", report.name, report.evaluations, report.steps);
    text += report.firstDifference ? "differs from the record at " + *report.firstDifference
                                   : std::string("every decision and the final factors as recorded");
    if (!report.objective)
        return text;
    const ObjectiveReplay& objective = *report.objective;
    text += "\n  with the recorded function instead of the recorded scores: ";
    text += objective.firstDifference ? "differs at " + *objective.firstDifference : std::string("the same");
    return text + fmt::format("; {} of {} scores differ, by at most {:.2g} of their size", objective.scoresDiffering,
                              objective.scoresCompared, objective.largestRelativeScoreDifference);
}

class ReplayCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "replay"; }
    [[nodiscard]] std::string description() const override {
        return "Run the search against a recorded trace and compare every decision";
    }
    void declare(CLI::App& app) override {
        app.add_option("TRACE", m_trace, "A trace with scores or a score function, a list of such, or a decision tree")
            ->required();
    }
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        const auto traces = readTraces(m_trace);
        if (!traces)
            return console.report(traces.error());
        const RunControl control = console.control(std::move(stop));
        std::vector<ReplayReport> reports;
        for (const SearchTrace& trace : *traces) {
            auto outcome = replayTrace(trace, control);
            if (std::holds_alternative<Cancelled>(outcome))
                return console.reportCancelled("");
            if (const auto* error = std::get_if<Error>(&outcome))
                return console.report(*error);
            reports.push_back(std::move(std::get<ReplayReport>(outcome)));
        }
        return show(reports, common.json, console);
    }

private:
    static int show(const std::vector<ReplayReport>& reports, bool asJson, Console& console) {
        if (asJson)
            console.printJson(toJson(reports));
        bool matches = true;
        for (const ReplayReport& report : reports) {
            if (!asJson)
                console.print(toText(report));
            matches = matches && report.matches();
        }
        if (matches)
            return done;
        return console.report(failure("the replay differs from what was recorded"));
    }

    std::string m_trace;
};

} // namespace

std::unique_ptr<Command> makeReplayCommand() {
    return std::make_unique<ReplayCommand>();
}

} // namespace ropescope::cli
