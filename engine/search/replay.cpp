#include "engine/search/replay.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/search/trace_oracle.h"

namespace ropescope {
namespace {

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

std::optional<std::string> differs(std::string_view what, double recorded, double replayed) {
    if (same(recorded, replayed))
        return std::nullopt;
    return fmt::format("{} recorded {:.17g}, replayed {:.17g}", what, recorded, replayed);
}

std::optional<std::string> differs(std::string_view what, const std::optional<double>& recorded,
                                   const std::optional<double>& replayed) {
    if (recorded && replayed)
        return differs(what, *recorded, *replayed);
    if (recorded.has_value() == replayed.has_value())
        return std::nullopt;
    return fmt::format("{} recorded {}, replayed {}", what, recorded ? "a number" : "none",
                       replayed ? "a number" : "none");
}

std::optional<std::string> differs(std::string_view what, const std::vector<double>& recorded,
                                   const std::vector<double>& replayed) {
    if (recorded.size() != replayed.size())
        return fmt::format("{} recorded {} numbers, replayed {}", what, recorded.size(), replayed.size());
    for (std::size_t index = 0; index < recorded.size(); ++index)
        if (auto found = differs(fmt::format("{}[{}]", what, index), recorded[index], replayed[index]))
            return found;
    return std::nullopt;
}

std::optional<std::string> differs(std::string_view what, const std::vector<int>& recorded,
                                   const std::vector<int>& replayed) {
    if (recorded == replayed)
        return std::nullopt;
    return fmt::format("{} recorded [{}], replayed [{}]", what, fmt::join(recorded, ", "), fmt::join(replayed, ", "));
}

std::string indexText(const std::optional<int>& index) {
    return index ? fmt::to_string(*index) : "none";
}

std::optional<std::string> differs(std::string_view what, const std::optional<int>& recorded,
                                   const std::optional<int>& replayed) {
    if (recorded == replayed)
        return std::nullopt;
    return fmt::format("{} recorded {}, replayed {}", what, indexText(recorded), indexText(replayed));
}

std::optional<std::string> segmentDiffers(const Segment& recorded, const Segment& replayed) {
    if (recorded == replayed)
        return std::nullopt;
    return fmt::format("recorded pairs {} to {}, replayed pairs {} to {}", recorded.first, recorded.end - 1,
                       replayed.first, replayed.end - 1);
}

// First difference among what was recorded of a segment, in the order in which one follows from the other.
std::optional<std::string> decisionDiffers(const RecordedSegment& recorded, const Decision& replayed) {
    if (auto found = segmentDiffers(recorded.segment, replayed.segment))
        return found;
    std::optional<std::string> found;
    const auto check = [&](std::string_view what, const auto& expected, const auto& actual) {
        if (!found && expected)
            found = differs(what, *expected, actual);
    };
    const IncrementWindow window = replayed.window;
    check("level", std::optional(recorded.level), std::optional<int>(replayed.level));
    check("lo", recorded.low, window.low);
    check("hi", recorded.high, window.high);
    if (!replayed.increments.empty())
        check("step", recorded.step, (window.high - window.low) / static_cast<double>(replayed.increments.size() - 1));
    check("increments", recorded.increments, replayed.increments);
    if (recorded.valid)
        check("valid", std::optional(recorded.valid), std::optional<int>(replayed.valid));
    check("best", recorded.best, replayed.best);
    check("top", recorded.top, replayed.top);
    check("lambda_after", recorded.factorsAfter, replayed.factorsAfter);
    check("child_lo", recorded.childLow, replayed.children.low);
    check("child_hi", recorded.childHigh, replayed.children.high);
    return found;
}

std::optional<std::string> decisionDiffers(const DecisionTree::Node& recorded, const Decision& replayed) {
    if (auto found = segmentDiffers(recorded.segment, replayed.segment))
        return found;
    if (auto found = differs("best", recorded.best, replayed.best))
        return found;
    if (!recorded.best || !recorded.hull)
        return std::nullopt;
    const auto [low, high] = std::minmax_element(replayed.top.begin(), replayed.top.end());
    return differs("hull", std::vector<int>{recorded.hull->first, recorded.hull->second},
                   std::vector<int>{*low, *high});
}

template <class Recorded>
std::optional<std::string> decisionsDiffer(const std::vector<Recorded>& recorded,
                                           const std::vector<Decision>& replayed) {
    for (std::size_t index = 0; index < std::min(recorded.size(), replayed.size()); ++index)
        if (auto found = decisionDiffers(recorded[index], replayed[index])) {
            const Decision& decision = replayed[index];
            return fmt::format("segment {} (level {}, pairs {} to {}): {}", index, decision.level,
                               decision.segment.first, decision.segment.end - 1, *found);
        }
    if (!recorded.empty() && recorded.size() != replayed.size())
        return fmt::format("segments recorded {}, replayed {}", recorded.size(), replayed.size());
    return std::nullopt;
}

// Both halves below a last segment carry its children's window.
std::vector<IncrementWindow> finalWindows(const SearchMethod& search) {
    std::vector<IncrementWindow> windows(2 * search.current().size());
    for (const Decision& decision : search.decisions())
        if (decision.segment.width() == 1) {
            const auto pair = static_cast<std::size_t>(decision.segment.first);
            windows[2 * pair] = windows[2 * pair + 1] = decision.children;
        }
    return windows;
}

std::optional<std::string> windowsDiffer(const std::vector<IncrementWindow>& recorded,
                                         const std::vector<IncrementWindow>& replayed) {
    for (std::size_t index = 0; index < recorded.size(); ++index) {
        const auto place = fmt::format("final_windows[{}]", index);
        if (auto found = differs(place + "[0]", recorded[index].low, replayed[index].low))
            return found;
        if (auto found = differs(place + "[1]", recorded[index].high, replayed[index].high))
            return found;
    }
    return std::nullopt;
}

// Recorded scores come out exactly; computed ones may differ in the last place where the function uses a sine.
std::optional<std::string> finalScoreDiffers(const RecordedSearch& record, bool computed,
                                             const std::optional<double>& replayed) {
    if (!record.finalScore)
        return std::nullopt;
    if (computed && *record.finalScore && replayed) {
        const double tolerance = record.objective->toFloat32 ? 1.2e-7 : 1e-12;
        if (std::abs(**record.finalScore - *replayed) <= tolerance * std::abs(*replayed))
            return std::nullopt;
    }
    return differs("final_score", *record.finalScore, replayed);
}

struct Comparison {
    const SearchTrace& trace;
    const SearchMethod& search;
    bool computed; // the scores come from the function

    std::optional<std::string> operator()(const RecordedSearch& record) const {
        if (auto found = decisionsDiffer(record.segments, search.decisions()))
            return found;
        if (!trace.final.empty())
            if (auto found = differs("final", trace.final, search.current()))
                return found;
        if (auto found = windowsDiffer(record.finalWindows, finalWindows(search)))
            return found;
        if (record.evaluations && *record.evaluations != search.evaluations())
            return fmt::format("evaluations recorded {}, replayed {}", *record.evaluations, search.evaluations());
        return finalScoreDiffers(record, computed, search.currentScore());
    }

    std::optional<std::string> operator()(const DecisionTree& tree) const {
        if (auto found = decisionsDiffer(tree.nodes, search.decisions()))
            return found;
        for (std::size_t pair = 0; pair < trace.final.size(); ++pair)
            if (!(std::abs(trace.final[pair] - search.current()[pair]) <= tree.tolerance))
                return fmt::format("final[{}] recorded {:.9g}, replayed {:.9g}, farther apart than {:g}", pair,
                                   trace.final[pair], search.current()[pair], tree.tolerance);
        return std::nullopt;
    }
};

struct Run {
    std::unique_ptr<SearchMethod> search;
    std::optional<std::string> stuck; // the oracle had no score
};

Outcome<Run> runAgainst(const SearchTrace& trace, const TraceOracle& oracle, const RunControl& control) {
    auto made = makeSearchMethod(trace.settings());
    if (!made)
        return made.error();
    Run run{std::move(*made), std::nullopt};
    while (!run.search->finished()) {
        if (control.stopRequested())
            return Cancelled{};
        for (const Candidate& candidate : run.search->wanted()) {
            const auto score = oracle.score(candidate);
            if (!score) {
                run.stuck = score.error().message;
                return run;
            }
            if (auto told = run.search->tell(candidate.id, Score{*score}); !told)
                return told.error();
        }
    }
    return run;
}

std::optional<std::string> firstDifference(const SearchTrace& trace, const Run& run, bool computed) {
    auto difference = std::visit(Comparison{trace, *run.search, computed}, trace.record);
    return run.stuck ? run.stuck : difference;
}

void compareScores(const RecordedSearch& record, const std::vector<Decision>& replayed, ObjectiveReplay& result) {
    for (std::size_t index = 0; index < std::min(record.segments.size(), replayed.size()); ++index) {
        const auto& recorded = *record.segments[index].scores;
        const auto& computed = replayed[index].scores;
        for (std::size_t place = 0; place < std::min(recorded.size(), computed.size()); ++place) {
            ++result.scoresCompared;
            if (same(recorded[place], computed[place]))
                continue;
            ++result.scoresDiffering;
            const double relative = std::abs(computed[place] - recorded[place]) / std::abs(recorded[place]);
            // A NaN against a number is as far as can be.
            result.largestRelativeScoreDifference =
                std::isnan(relative) ? INFINITY : std::max(result.largestRelativeScoreDifference, relative);
        }
    }
}

} // namespace

Outcome<ReplayReport> replayTrace(const SearchTrace& trace, const RunControl& control) {
    const auto oracle = makeTraceOracle(trace);
    auto outcome = runAgainst(trace, *oracle, control);
    auto* run = std::get_if<Run>(&outcome);
    if (!run)
        return std::holds_alternative<Cancelled>(outcome) ? Outcome<ReplayReport>(Cancelled{})
                                                          : Outcome<ReplayReport>(std::get<Error>(outcome));
    ReplayReport report;
    report.name = trace.name;
    report.final = run->search->current();
    report.evaluations = run->search->evaluations();
    report.decisions = run->search->decisions();
    report.steps = std::ssize(report.decisions);
    const auto* record = std::get_if<RecordedSearch>(&trace.record);
    const bool scoresRecorded = RecordedScores::of(trace).has_value();
    report.firstDifference = firstDifference(trace, *run, !scoresRecorded);
    if (!record)
        return report;
    report.finalScore = run->search->currentScore();
    if (!record->objective || !scoresRecorded)
        return report;

    auto second = runAgainst(trace, ObjectiveScores(*record->objective), control);
    if (std::holds_alternative<Cancelled>(second))
        return Cancelled{};
    if (auto* error = std::get_if<Error>(&second))
        return std::move(*error);
    const auto& again = std::get<Run>(second);
    report.objective.emplace();
    report.objective->firstDifference = firstDifference(trace, again, true);
    compareScores(*record, again.search->decisions(), *report.objective);
    return report;
}

} // namespace ropescope
