#include "engine/search/search_run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ropescope {
namespace {

bool sameQuestion(const Candidate& a, const Candidate& b) {
    return a.factors == b.factors && a.attentionFactor == b.attentionFactor && a.wantsGradient == b.wantsGradient;
}

} // namespace

SearchRun::SearchRun(SearchSettings settings, std::unique_ptr<SearchMethod> method, std::shared_ptr<ScoreMemo> memo)
    : m_settings(std::move(settings)), m_method(std::move(method)), m_memo(std::move(memo)) {}

Result<SearchRun> SearchRun::start(SearchSettings settings, std::shared_ptr<ScoreMemo> memo) {
    auto method = makeSearchMethod(settings);
    if (!method)
        return fail(std::move(method.error()));
    return SearchRun(std::move(settings), std::move(*method), std::move(memo));
}

Result<SearchRun> SearchRun::resume(SearchSettings settings, std::span<const SearchEvent> events,
                                    std::shared_ptr<ScoreMemo> memo) {
    auto run = start(std::move(settings), std::move(memo));
    for (std::size_t index = 0; run && index < events.size(); ++index)
        if (auto restored = run->record(events[index]); !restored)
            return fail({restored.error().kind, fmt::format("event {} of {} does not fit: {}", index + 1, events.size(),
                                                            restored.error().message)});
    return run;
}

Result<SearchRun> SearchRun::branch(std::size_t events) const {
    if (events > m_events.size())
        return fail(usageError(fmt::format("event {} is not there: the search has {}", events, m_events.size())));
    return resume(m_settings, std::span(m_events).first(events), m_memo);
}

Result<void> SearchRun::record(const SearchEvent& event) {
    const auto* scored = std::get_if<Scored>(&event);
    const auto candidate = scored ? m_method->wanted(scored->candidate) : std::nullopt;
    if (auto applied = applyEvent(*m_method, event); !applied)
        return applied;
    m_events.push_back(event);
    if (candidate)
        m_memo->remember(ScoredVector(*candidate), scored->score);
    if (scored && !scored->reused)
        ++m_evaluationsRun;
    return {};
}

Result<int> SearchRun::answerKnown(int most) {
    int answered = 0;
    for (const Candidate& candidate : m_method->wanted()) {
        if (answered == most)
            break;
        const auto known = m_memo->find(candidate);
        if (!known)
            continue;
        if (auto recorded = record(Scored{candidate.id, *known, true}); !recorded)
            return fail(std::move(recorded.error()));
        ++answered;
    }
    return answered;
}

std::vector<Candidate> SearchRun::toRun() const {
    std::vector<Candidate> distinct;
    for (Candidate& candidate : m_method->wanted()) {
        const bool known = m_memo->find(candidate).has_value();
        const bool repeated = std::any_of(distinct.begin(), distinct.end(),
                                          [&](const Candidate& other) { return sameQuestion(candidate, other); });
        if (!known && !repeated)
            distinct.push_back(std::move(candidate));
    }
    return distinct;
}

Result<void> SearchRun::tell(std::int64_t candidate, const Score& score) {
    return record(Scored{candidate, score, false});
}

Result<void> SearchRun::apply(const SearchEdit& edit) {
    return record(toEvent(edit));
}

} // namespace ropescope
