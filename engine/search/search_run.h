// A running search: a method, the memo of its scorer and the log of events. The session and the window drive
// this; a study stores the settings and the events.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/search/events.h"
#include "engine/search/method.h"
#include "engine/search/score_memo.h"
#include "engine/search/settings.h"

namespace ropescope {

// Loop of a driver:
//     while (!run.finished())
//         if (*run.answerKnown(1) == 0) { score run.toRun().front() (or all of them), run.tell(...); }
// and after each step append the new tail of run.events() to the study. Nothing is answered on its own, so a
// person who went back can edit before old scores carry the search forward again. Not thread-safe.
class SearchRun {
public:
    // The memo may be shared between the branches of one study.
    [[nodiscard]] static Result<SearchRun> start(SearchSettings settings, std::shared_ptr<ScoreMemo> memo);
    // Goes on from stored events; their scores enter the memo.
    [[nodiscard]] static Result<SearchRun> resume(SearchSettings settings, std::span<const SearchEvent> events,
                                                  std::shared_ptr<ScoreMemo> memo);
    // The state after the first `events` events as a run of its own, sharing the memo.
    [[nodiscard]] Result<SearchRun> branch(std::size_t events) const;

    [[nodiscard]] const SearchMethod& method() const { return *m_method; }
    [[nodiscard]] const SearchSettings& settings() const { return m_settings; }
    [[nodiscard]] const std::vector<SearchEvent>& events() const { return m_events; }
    [[nodiscard]] bool finished() const { return m_method->finished(); }

    // Tells the method up to `most` wanted candidates whose vectors are known, in order; returns how many.
    [[nodiscard]] Result<int> answerKnown(int most);
    // Wanted candidates that must really be scored: unknown, and no two of them identical.
    [[nodiscard]] std::vector<Candidate> toRun() const;
    // The score of a candidate of toRun().
    [[nodiscard]] Result<void> tell(std::int64_t candidate, const Score& score);
    [[nodiscard]] Result<void> apply(const SearchEdit& edit);

    // What the method asked and was told, and what of it was really run.
    [[nodiscard]] std::int64_t evaluations() const { return m_method->evaluations(); }
    [[nodiscard]] std::int64_t evaluationsRun() const { return m_evaluationsRun; }

private:
    SearchRun(SearchSettings settings, std::unique_ptr<SearchMethod> method, std::shared_ptr<ScoreMemo> memo);
    // Applies an event, logs it, counts it and remembers its score.
    [[nodiscard]] Result<void> record(const SearchEvent& event);

    SearchSettings m_settings;
    std::unique_ptr<SearchMethod> m_method;
    std::shared_ptr<ScoreMemo> m_memo;
    std::vector<SearchEvent> m_events;
    std::int64_t m_evaluationsRun = 0;
};

} // namespace ropescope
