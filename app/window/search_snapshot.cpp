#include "app/window/search_snapshot.h"

#include <algorithm>

namespace ropescope {

namespace {

std::vector<const StudyEvent*> currentPath(const Study& study) {
    const StudyContents& contents = study.contents();
    const StudyBranch* branch = contents.branch(contents.currentBranch);
    return branch ? contents.pathTo(branch->head) : std::vector<const StudyEvent*>{};
}

const StudyEvaluation* evaluationOf(const StudyEvent& event) {
    return std::get_if<StudyEvaluation>(&event.what);
}

// The path up to and with the evaluation of this number.
std::vector<const StudyEvent*> firstOf(std::vector<const StudyEvent*> path, int evaluations) {
    std::size_t kept = 0;
    for (int seen = 0; kept < path.size() && seen < evaluations; ++kept)
        if (evaluationOf(*path[kept]))
            ++seen;
    path.resize(kept);
    return path;
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

void fillFromRun(SearchSnapshot& snapshot, const SearchRun& run) {
    const SearchMethod& method = run.method();
    const std::string_view name = method.name();
    snapshot.method = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    snapshot.tree = method.tree();
    snapshot.decisions = method.decisions();
    snapshot.live = liveSegment(snapshot.tree);
    snapshot.incumbent = method.currentScore();
    snapshot.evaluations = method.evaluations();
    snapshot.planned = method.evaluations() + method.evaluationsLeft();
    const SearchResult result = method.result();
    snapshot.factors = result.factors;
    snapshot.attentionFactor = result.attentionFactor;
    if (const auto wanted = method.wanted(); !wanted.empty())
        snapshot.next = wanted.front();
    snapshot.phase = run.finished() ? SearchPhase::finished : SearchPhase::paused;
}

void fillFromPath(SearchSnapshot& snapshot, const std::vector<const StudyEvent*>& path) {
    double seconds = 0;
    for (const StudyEvent* event : path)
        if (const StudyEvaluation* evaluation = evaluationOf(*event)) {
            seconds += evaluation->seconds;
            snapshot.scored.push_back({event->id, evaluation->score.perplexity, seconds});
            if (evaluation->candidate.level == 0 && !snapshot.startScore)
                snapshot.startScore = evaluation->score.perplexity;
        }
    if (snapshot.live)
        snapshot.tried = triedSinceDecision(path, snapshot.live->segment);
}

} // namespace

EventId eventAfter(const Study& study, int evaluations) {
    const auto path = firstOf(currentPath(study), evaluations);
    return path.empty() ? noEvent : path.back()->id;
}

Result<SearchSnapshot> snapshotOf(const SearchSession& session, std::optional<int> evaluations) {
    SearchSnapshot snapshot;
    const Study& study = session.study();
    auto path = currentPath(study);
    if (evaluations) {
        path = firstOf(std::move(path), *evaluations);
        const auto state = session.stateAt(path.empty() ? noEvent : path.back()->id);
        if (!state)
            return fail(state.error());
        fillFromRun(snapshot, *state);
        snapshot.readOnly = true;
    } else {
        fillFromRun(snapshot, session.run());
    }
    fillFromPath(snapshot, path);
    snapshot.secondsPerEvaluation = session.secondsPerEvaluation();
    if (study.contents().search)
        snapshot.targetLength = study.contents().search->targetLength;
    snapshot.branch = QString::fromStdString(session.branch());
    for (const StudyBranch& branch : study.contents().branches)
        snapshot.branches << QString::fromStdString(branch.name);
    for (const StudyReference& reference : study.contents().references)
        if (reference.name == "initial" && !snapshot.startScore)
            snapshot.startScore = reference.score;
    return snapshot;
}

} // namespace ropescope
