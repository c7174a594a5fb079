#include "engine/session/search_session.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ropescope {
namespace {

Result<SearchRun> runAt(const StudyContents& contents, EventId head, std::shared_ptr<ScoreMemo> memo) {
    std::vector<SearchEvent> events;
    for (const StudyEvent* event : contents.pathTo(head))
        events.push_back(searchEvent(*event));
    return SearchRun::resume(contents.search->settings, events, std::move(memo));
}

// Everything that was ever scored, on any branch.
std::shared_ptr<ScoreMemo> memoOf(const StudyContents& contents) {
    auto memo = std::make_shared<ScoreMemo>();
    memo->reserve(contents.events.size() + contents.references.size());
    for (const StudyEvent& event : contents.events)
        if (const auto* evaluation = std::get_if<StudyEvaluation>(&event.what))
            memo->remember(ScoredVector(evaluation->candidate), evaluation->score);
    for (const StudyReference& reference : contents.references)
        memo->remember(ScoredVector(reference.factors.factors, reference.factors.attentionFactor),
                       {reference.score, std::nullopt});
    return memo;
}

Candidate candidateOf(const FactorSet& set) {
    Candidate candidate;
    candidate.factors = set.factors;
    candidate.attentionFactor = set.attentionFactor;
    return candidate;
}

} // namespace

SearchSession::SearchSession(Study& study, CandidateScorer& scorer, std::shared_ptr<ScoreMemo> memo, SearchRun run)
    : m_study(&study), m_scorer(&scorer), m_memo(std::move(memo)), m_run(std::move(run)) {}

Result<SearchSession> SearchSession::open(Study& study, CandidateScorer& scorer) {
    const StudyContents& contents = study.contents();
    if (!contents.search)
        return fail(usageError(fmt::format("study {} holds no search", study.path().string())));
    auto memo = memoOf(contents);
    auto run = runAt(contents, contents.branch(contents.currentBranch)->head, memo);
    if (!run)
        return fail(inputError(study.path().string(), fmt::format("branch {}", contents.currentBranch),
                               "events that fit the search's settings", run.error().message));
    return SearchSession(study, scorer, std::move(memo), std::move(*run));
}

std::optional<Candidate> SearchSession::next() const {
    auto wanted = m_run.method().wanted();
    if (wanted.empty())
        return std::nullopt;
    return std::move(wanted.front());
}

void SearchSession::report(const RunControl& control, const std::string& activity) const {
    const auto done = static_cast<double>(m_run.evaluations());
    control.report({activity, done, done + static_cast<double>(m_run.method().evaluationsLeft()), "evaluations"});
}

bool SearchSession::valid(double perplexity) const {
    double bound = std::numeric_limits<double>::infinity();
    const MethodOptions& options = m_run.settings().method;
    if (const auto* published = std::get_if<DcisOptions>(&options))
        bound = published->maxPerplexity;
    else if (const auto* safe = std::get_if<SafeDcisOptions>(&options)) {
        const auto start = m_memo->find(candidateOf(m_run.settings().start));
        bound = safe->maxPerplexity.value_or(start ? safe->relativeBound * start->perplexity : bound);
    }
    return std::isfinite(perplexity) && perplexity < bound;
}

bool SearchSession::hopeless() const {
    if (!levelOver(m_run.method()))
        return false;
    return std::ranges::none_of(m_run.events(), [](const SearchEvent& event) {
        const auto* scored = std::get_if<Scored>(&event);
        return scored && std::isfinite(scored->score.perplexity);
    });
}

Study::NewEvent SearchSession::eventOf(const std::vector<Candidate>& wanted, double seconds,
                                       std::size_t decidedBefore) const {
    const auto& scored = std::get<Scored>(m_run.events().back());
    StudyEvaluation evaluation;
    evaluation.candidate = *std::ranges::find(wanted, scored.candidate, &Candidate::id);
    evaluation.score = scored.score;
    evaluation.reused = scored.reused;
    evaluation.seconds = seconds;
    const auto& decisions = m_run.method().decisions();
    return {std::move(evaluation), {decisions.begin() + static_cast<std::ptrdiff_t>(decidedBefore), decisions.end()}};
}

Result<void> SearchSession::store(std::vector<Study::NewEvent> events) {
    auto stored = m_study->append(branch(), events);
    if (!stored)
        m_broken = true;
    return stored;
}

Outcome<int> SearchSession::step(int most, const RunControl& control) {
    const auto wanted = m_run.method().wanted();
    const std::size_t decided = m_run.method().decisions().size();
    const auto known = m_run.answerKnown(1);
    if (!known)
        return known.error();
    if (*known == 0)
        return scoreBatch(most, control);
    if (auto stored = store({eventOf(wanted, 0, decided)}); !stored)
        return stored.error();
    return 1;
}

Outcome<int> SearchSession::scoreBatch(int most, const RunControl& control) {
    auto batch = m_run.toRun();
    batch.resize(std::min(batch.size(), static_cast<std::size_t>(std::max(most, 1))));
    if (batch.empty())
        return failure(fmt::format("search method {} asks for nothing and has not finished", m_run.method().name()));
    RunControl inner{control.stop, {}};
    const auto done = static_cast<double>(m_run.evaluations());
    const auto total = done + static_cast<double>(m_run.method().evaluationsLeft());
    if (control.onProgress)
        inner.onProgress = [&](const Progress& progress) {
            const double share = progress.total > 0 ? std::clamp(progress.done / progress.total, 0.0, 1.0) : 0;
            control.report(
                {"searching", done + share * static_cast<double>(batch.size()), std::max(total, done), "evaluations"});
        };
    auto outcome = m_scorer->score(batch, inner);
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return Cancelled{};
    const auto& scores = std::get<0>(outcome);
    std::vector<Study::NewEvent> events;
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const auto wanted = m_run.method().wanted();
        const std::size_t decided = m_run.method().decisions().size();
        if (auto told = m_run.tell(batch[index].id, scores[index].score); !told) {
            m_broken = true;
            return told.error();
        }
        events.push_back(eventOf(wanted, scores[index].seconds, decided));
    }
    const int count = static_cast<int>(events.size());
    if (auto stored = store(std::move(events)); !stored)
        return stored.error();
    return count;
}

bool SearchSession::toldInvalid(std::size_t firstEvent) const {
    for (std::size_t index = firstEvent; index < m_run.events().size(); ++index)
        if (const auto* scored = std::get_if<Scored>(&m_run.events()[index]);
            scored && !valid(scored->score.perplexity))
            return true;
    return false;
}

Outcome<PauseReason> SearchSession::advance(Extent extent, const PauseConditions& pause, const RunControl& control) {
    if (m_broken)
        return failure(fmt::format("study {} could not be written; open it again to go on", m_study->path().string()));
    const int batch = extent == Extent::candidate ? 1 : m_study->contents().search->batch;
    while (!m_run.finished()) {
        report(control, "searching");
        if (control.stopRequested())
            return Cancelled{};
        if (hopeless())
            return failure(fmt::format("none of the {} vectors scored so far gave a finite perplexity: check the model "
                                       "with `perplexity` at its trained length, and try --dtype fp32",
                                       m_run.evaluations()));
        const std::size_t events = m_run.events().size();
        const std::size_t decisions = m_run.method().decisions().size();
        const auto outcome = step(batch, control);
        if (const auto* error = std::get_if<Error>(&outcome))
            return *error;
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        if (m_run.finished())
            break;
        if (const auto reason = pauseReason(m_run.method(), extent, pause, decisions, toldInvalid(events)))
            return *reason;
    }
    report(control, "searching");
    return PauseReason::finished;
}

Result<void> SearchSession::apply(const SearchEdit& edit) {
    if (m_broken)
        return fail(failure(fmt::format("study {} could not be written; open it again", m_study->path().string())));
    const std::size_t decided = m_run.method().decisions().size();
    if (auto applied = m_run.apply(edit); !applied)
        return applied;
    const auto& decisions = m_run.method().decisions();
    return store({{edit, {decisions.begin() + static_cast<std::ptrdiff_t>(decided), decisions.end()}}});
}

Result<SearchRun> SearchSession::stateAt(EventId event) const {
    if (event != noEvent && !m_study->contents().event(event))
        return fail(usageError(fmt::format("the study has no event {}", event)));
    return runAt(m_study->contents(), event, m_memo);
}

Result<void> SearchSession::branchFrom(EventId event, const std::string& name) {
    if (auto added = m_study->addBranch(name, event); !added)
        return added;
    return switchTo(name);
}

Result<void> SearchSession::switchTo(const std::string& name) {
    const StudyBranch* branch = m_study->contents().branch(name);
    if (!branch)
        return fail(usageError(fmt::format("the study has no branch {}", name)));
    auto run = stateAt(branch->head);
    if (!run)
        return fail(std::move(run.error()));
    if (auto switched = m_study->setCurrentBranch(name); !switched)
        return switched;
    m_run = std::move(*run);
    m_broken = false;
    return {};
}

Outcome<double> SearchSession::scoreReference(const std::string& name, const FactorSet& set,
                                              const RunControl& control) {
    const Candidate candidate = candidateOf(set);
    const auto& references = m_study->contents().references;
    const auto stored = std::ranges::find(references, name, &StudyReference::name);
    const auto known = m_memo->find(candidate);
    if (known && stored != references.end() && stored->factors.factors == set.factors &&
        stored->factors.attentionFactor == set.attentionFactor)
        return known->perplexity;
    StudyReference reference{name, set, known ? known->perplexity : 0, 0};
    if (!known) {
        report(control, "scoring " + name);
        auto outcome = m_scorer->score({&candidate, 1}, {control.stop, {}});
        if (auto* error = std::get_if<Error>(&outcome))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        const ScoredCandidate& scored = std::get<0>(outcome).front();
        reference.score = scored.score.perplexity;
        reference.seconds = scored.seconds;
        m_memo->remember(ScoredVector(candidate), scored.score);
    }
    if (auto kept = m_study->addReference(reference); !kept)
        return kept.error();
    return reference.score;
}

Outcome<FoundFactors> SearchSession::found(const RunControl& control) {
    SearchResult result = m_run.method().result();
    FoundFactors found;
    found.set = {std::move(result.factors), result.attentionFactor,
                 fmt::format("{} search, {} evaluations", m_run.method().name(), m_run.evaluations())};
    found.clamped = result.clamped;
    if (result.score) {
        found.perplexity = *result.score;
        return found;
    }
    auto outcome = scoreReference("found on " + branch(), found.set, control);
    if (auto* perplexity = std::get_if<double>(&outcome)) {
        found.perplexity = *perplexity;
        return found;
    }
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    return Cancelled{};
}

double SearchSession::secondsPerEvaluation() const {
    double seconds = 0;
    int run = 0;
    for (const StudyEvent* event : m_study->contents().pathTo(m_study->contents().branch(branch())->head))
        if (const auto* evaluation = std::get_if<StudyEvaluation>(&event->what); evaluation && !evaluation->reused) {
            seconds += evaluation->seconds;
            ++run;
        }
    return run > 0 ? seconds / run : 0;
}

double SearchSession::seconds() const {
    double seconds = 0;
    for (const StudyEvent& event : m_study->contents().events)
        if (const auto* evaluation = std::get_if<StudyEvaluation>(&event.what))
            seconds += evaluation->seconds;
    for (const StudyReference& reference : m_study->contents().references)
        seconds += reference.seconds;
    return seconds;
}

} // namespace ropescope
