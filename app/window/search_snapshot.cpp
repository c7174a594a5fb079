#include "app/window/search_snapshot.h"

#include <algorithm>
#include <cmath>

#include "engine/session/search_report.h"
#include "engine/session/study_factors.h"

namespace ropescope {

namespace {

const StudyEvaluation* evaluationOf(const StudyEvent& event) {
    return std::get_if<StudyEvaluation>(&event.what);
}

// Candidates scored since the last decision or change.
std::vector<ScoredIncrement> triedSinceDecision(const std::vector<const StudyEvent*>& path, const Segment& segment) {
    std::vector<ScoredIncrement> tried;
    for (auto event = path.rbegin(); event != path.rend(); ++event) {
        const StudyEvaluation* evaluation = evaluationOf(**event);
        if (!evaluation || !(*event)->decisions.empty() || evaluation->candidate.segment != segment)
            break;
        tried.push_back({evaluation->candidate.increment, evaluation->score.perplexity});
    }
    std::reverse(tried.begin(), tried.end());
    return tried;
}

std::optional<TreeSegment> liveSegment(const SearchTree& tree) {
    for (const auto& level : tree.levels)
        for (const TreeSegment& segment : level)
            if (segment.state == SegmentState::live)
                return segment;
    return std::nullopt;
}

void fillFromMethod(SearchSnapshot& snapshot, const SearchMethod& method) {
    const std::string_view name = method.name();
    snapshot.method = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    snapshot.tree = method.tree();
    snapshot.decisions = method.decisions();
    snapshot.live = liveSegment(snapshot.tree);
    snapshot.incumbent = method.currentScore();
    snapshot.evaluations = method.evaluations();
    snapshot.planned = method.evaluations() + method.evaluationsLeft();
    snapshot.lockedPairs = method.lockedPairs();
    const SearchResult result = method.result();
    snapshot.factors = result.factors;
    snapshot.attentionFactor = result.attentionFactor;
    if (const auto wanted = method.wanted(); !wanted.empty())
        snapshot.next = wanted.front();
    snapshot.phase = method.finished() ? SearchPhase::finished : SearchPhase::paused;
}

// All of the branch for the curves.
void fillCurve(SearchSnapshot& snapshot, const std::vector<const StudyEvent*>& path) {
    double seconds = 0;
    for (const StudyEvent* event : path)
        if (const StudyEvaluation* evaluation = evaluationOf(*event)) {
            seconds += evaluation->seconds;
            snapshot.scored.push_back({event->id, evaluation->score.perplexity, seconds});
            if (evaluation->candidate.level == 0 && !snapshot.startScore)
                snapshot.startScore = evaluation->score.perplexity;
        }
}

// What a finished branch was found to be worth; nothing where it was not compared yet.
Result<std::optional<SearchVerdict>> verdictOf(const StudyContents& contents, const std::string& branch) {
    const auto stored = contents.reports.find(branch);
    if (stored == contents.reports.end())
        return std::optional<SearchVerdict>();
    const auto report = readReport(stored->second, "the study");
    if (!report)
        return fail(report.error());
    SearchVerdict verdict;
    verdict.initial = report->initialPerplexity;
    verdict.found = report->perplexity;
    if (const auto& unseen = report->unseen)
        verdict.unseen = SearchVerdict::Unseen{unseen->windows, unseen->initialPerplexity, unseen->perplexity,
                                               unseen->difference, unseen->standardError};
    return verdict;
}

// What the shown state has seen.
void fillShown(SearchSnapshot& snapshot, const std::vector<const StudyEvent*>& path) {
    for (const StudyEvent* event : path) {
        if (const StudyEvaluation* evaluation = evaluationOf(*event)) {
            ++snapshot.shown;
            snapshot.last = {evaluation->candidate, evaluation->score.perplexity};
        }
        snapshot.decisionEvents.insert(snapshot.decisionEvents.end(), event->decisions.size(), event->id);
    }
    snapshot.shownEvent = path.empty() ? noEvent : path.back()->id;
    if (snapshot.live)
        snapshot.tried = triedSinceDecision(path, snapshot.live->segment);
}

BranchCurve curveOf(const StudyBranch& branch, const StudyContents& contents) {
    BranchCurve curve;
    curve.name = QString::fromStdString(branch.name);
    BranchCurve::Point now;
    std::optional<double> best;
    for (const StudyEvent* event : contents.pathTo(branch.head)) {
        const StudyEvaluation* evaluation = evaluationOf(*event);
        if (!evaluation)
            continue;
        ++now.evaluations;
        now.seconds += evaluation->seconds;
        const double score = evaluation->score.perplexity;
        if (std::isfinite(score) && (!best || score < *best)) {
            best = now.best = score;
            curve.points.push_back(now);
        }
    }
    if (best)
        curve.points.push_back(now);
    return curve;
}

} // namespace

Result<SearchSnapshot> snapshotOf(const SearchSession& session, std::optional<EventId> event) {
    SearchSnapshot snapshot;
    const StudyContents& contents = session.study().contents();
    const EventId head = contents.branch(session.branch())->head;
    const auto path = contents.pathTo(head);
    if (event && *event != head) {
        const auto state = session.stateAt(*event);
        if (!state)
            return fail(state.error());
        fillFromMethod(snapshot, state->method());
        snapshot.handedOver = searchFactors(contents, state->method(), session.study().path().string());
        fillCurve(snapshot, path);
        fillShown(snapshot, contents.pathTo(*event));
        snapshot.readOnly = true;
    } else {
        fillFromMethod(snapshot, session.run().method());
        snapshot.handedOver = searchFactors(contents, session.run().method(), session.study().path().string());
        fillCurve(snapshot, path);
        fillShown(snapshot, path);
        auto verdict = verdictOf(contents, session.branch());
        if (!verdict)
            return fail(verdict.error());
        snapshot.verdict = *verdict;
    }
    snapshot.secondsPerEvaluation = session.secondsPerEvaluation();
    if (contents.search)
        snapshot.targetLength = contents.search->targetLength;
    snapshot.branch = QString::fromStdString(session.branch());
    for (const StudyBranch& branch : contents.branches) {
        snapshot.branches << QString::fromStdString(branch.name);
        if (branch.name != session.branch())
            snapshot.others.push_back(curveOf(branch, contents));
    }
    for (const StudyReference& reference : contents.references)
        if (reference.name == "initial" && !snapshot.startScore)
            snapshot.startScore = reference.score;
    return snapshot;
}

Result<SearchSnapshot> snapshotOf(const ReplaySession& session, std::optional<EventId> event) {
    SearchSnapshot snapshot;
    const auto& evaluations = session.evaluations();
    const std::size_t shown =
        event ? std::min(static_cast<std::size_t>(*event), evaluations.size()) : evaluations.size();
    std::unique_ptr<SearchMethod> earlier;
    if (shown < evaluations.size()) {
        auto state = session.stateAfter(shown);
        if (!state)
            return fail(state.error());
        earlier = std::move(*state);
        snapshot.readOnly = true;
    }
    fillFromMethod(snapshot, earlier ? *earlier : session.method());
    snapshot.origin = session.scoresAreMadeUp() ? ScoreOrigin::ranks : ScoreOrigin::recorded;
    EventId id = noEvent;
    for (const ReplayedEvaluation& evaluation : evaluations)
        snapshot.scored.push_back({++id, evaluation.perplexity, 0});
    snapshot.shown = snapshot.shownEvent = static_cast<EventId>(shown);
    std::size_t told = 0;
    for (const Decision& decision : snapshot.decisions)
        snapshot.decisionEvents.push_back(static_cast<EventId>(told += decision.scores.size()));
    for (std::size_t index = told; index < shown; ++index)
        snapshot.tried.push_back({evaluations[index].candidate.increment, evaluations[index].perplexity});
    if (shown > 0)
        snapshot.last = {evaluations[shown - 1].candidate, evaluations[shown - 1].perplexity};
    if (session.scoresAreMadeUp()) {
        // A fall of something made up says nothing.
        snapshot.incumbent.reset();
        for (auto& level : snapshot.tree.levels)
            for (TreeSegment& segment : level)
                segment.gain.reset();
    }
    return snapshot;
}

} // namespace ropescope
