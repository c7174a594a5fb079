// A search under a person's hands: steps, pauses, edits, the way back, branches; every evaluation is in the study
// before the next one begins.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/search/search_run.h"
#include "engine/session/candidate_scorer.h"
#include "engine/session/stepping.h"
#include "engine/study/study.h"

namespace ropescope {

// What a search hands over and what it is worth.
struct FoundFactors {
    FactorSet set;
    double perplexity = 0;
    int clamped = 0; // stored factors that were raised to the method's smallest
};

// Synchronous, on one thread at a time (a worker's); what it returns are plain values. The study and the scorer must
// outlive it. An identical vector is never scored twice, whatever branch asks. When the study cannot be written, the
// step's error says so and every later step fails: what is in the file is complete up to there.
class SearchSession {
public:
    // Goes on where the current branch of the study's search stands (for a new one: at the start). Input error when
    // the stored events don't fit the stored settings; usage error for a study without a search.
    [[nodiscard]] static Result<SearchSession> open(Study& study, CandidateScorer& scorer);

    // Scores until the extent or a pause condition is reached. Cancelled keeps all that was scored.
    [[nodiscard]] Outcome<PauseReason> advance(Extent extent, const PauseConditions& pause, const RunControl& control);
    // A person's change to the search as it stands now; stored like an evaluation.
    [[nodiscard]] Result<void> apply(const SearchEdit& edit);

    // The search as it stood after an event of this study, to look at; noEvent is the start.
    [[nodiscard]] Result<SearchRun> stateAt(EventId event) const;
    // A new branch from there, which becomes the current one.
    [[nodiscard]] Result<void> branchFrom(EventId event, const std::string& name);
    [[nodiscard]] Result<void> switchTo(const std::string& branch);

    // Scores a vector for comparison, keeping it in the study under this name; known vectors cost nothing.
    [[nodiscard]] Outcome<double> scoreReference(const std::string& name, const FactorSet& set,
                                                 const RunControl& control);
    // What the search would hand over now, with its perplexity (scored if need be).
    [[nodiscard]] Outcome<FoundFactors> found(const RunControl& control);

    [[nodiscard]] const SearchRun& run() const { return m_run; }
    [[nodiscard]] const Study& study() const { return *m_study; }
    [[nodiscard]] const std::string& branch() const { return m_study->contents().currentBranch; }
    // What comes next; none when the search is over.
    [[nodiscard]] std::optional<Candidate> next() const;
    // Mean cost of the evaluations that were run on this branch; 0 when none was.
    [[nodiscard]] double secondsPerEvaluation() const;
    // Cost of all evaluations and references of the study.
    [[nodiscard]] double seconds() const;

private:
    SearchSession(Study& study, CandidateScorer& scorer, std::shared_ptr<ScoreMemo> memo, SearchRun run);

    // One known answer, or one scored batch of at most `most`; stored when it returns.
    [[nodiscard]] Outcome<int> step(int most, const RunControl& control);
    [[nodiscard]] Outcome<int> scoreBatch(int most, const RunControl& control);
    [[nodiscard]] Result<void> store(std::vector<Study::NewEvent> events);
    [[nodiscard]] Study::NewEvent eventOf(const std::vector<Candidate>& wanted, double seconds,
                                          std::size_t decidedBefore) const;
    // One of the events from this one on told a score that isn't valid.
    [[nodiscard]] bool toldInvalid(std::size_t firstEvent) const;
    [[nodiscard]] bool valid(double perplexity) const;
    // Every score so far is NaN or infinite, and a whole level is done.
    [[nodiscard]] bool hopeless() const;
    void report(const RunControl& control, const std::string& activity) const;

    Study* m_study;
    CandidateScorer* m_scorer;
    std::shared_ptr<ScoreMemo> m_memo;
    SearchRun m_run;
    bool m_broken = false; // the file lacks what the run in memory has
};

} // namespace ropescope
