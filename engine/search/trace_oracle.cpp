#include "engine/search/trace_oracle.h"

#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ropescope {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Any scores do that rank the winner first and fill the best `top` with both ends of the hull. A hull narrower
// than `top` means that no more were valid.
std::vector<double> scoresFor(const DecisionTree::Node& node, const DcisOptions& options) {
    std::vector<double> scores(static_cast<std::size_t>(options.increments), nan);
    if (!node.best)
        return scores;
    const auto [low, high] = node.hull.value_or(std::pair(*node.best, *node.best));
    const bool othersValid = !node.hull || high - low + 1 >= options.top;
    for (int index = 0; index < options.increments; ++index) {
        double share = 0.5; // of the largest valid perplexity
        if (index == *node.best)
            share = 0.1;
        else if (index == low || index == high)
            share = 0.2;
        else if (index > low && index < high)
            share = 0.3;
        else if (!othersValid)
            share = nan;
        scores[static_cast<std::size_t>(index)] = share * options.maxPerplexity;
    }
    return scores;
}

} // namespace

std::optional<RecordedScores> RecordedScores::of(const SearchTrace& trace) {
    RecordedScores oracle;
    if (const auto* tree = std::get_if<DecisionTree>(&trace.record)) {
        for (const auto& node : tree->nodes)
            oracle.m_scores[{node.segment.first, node.segment.end}] = scoresFor(node, trace.options);
        return oracle;
    }
    const auto& search = std::get<RecordedSearch>(trace.record);
    for (const RecordedSegment& segment : search.segments) {
        if (!segment.scores)
            return std::nullopt;
        oracle.m_scores[{segment.segment.first, segment.segment.end}] = *segment.scores;
    }
    if (search.segments.empty())
        return std::nullopt;
    return oracle;
}

Result<double> RecordedScores::score(const Candidate& candidate) const {
    const auto found = m_scores.find({candidate.segment.first, candidate.segment.end});
    if (found == m_scores.end() || candidate.index >= std::ssize(found->second))
        return fail(failure(fmt::format("the trace has no scores for pairs {} to {}", candidate.segment.first,
                                        candidate.segment.end - 1)));
    return found->second[static_cast<std::size_t>(candidate.index)];
}

Result<double> ObjectiveScores::score(const Candidate& candidate) const {
    return m_objective.score(candidate.factors);
}

std::unique_ptr<TraceOracle> makeTraceOracle(const SearchTrace& trace) {
    if (auto recorded = RecordedScores::of(trace))
        return std::make_unique<RecordedScores>(std::move(*recorded));
    return std::make_unique<ObjectiveScores>(*std::get<RecordedSearch>(trace.record).objective);
}

} // namespace ropescope
