#include "engine/search/dcis.h"

#include <algorithm>
#include <utility>

namespace ropescope {
namespace {

SegmentWalkOptions walkOptions(const DcisOptions& options) {
    return {options.increments, options.range, options.clamp, false, options.order};
}

} // namespace

Result<std::unique_ptr<SearchMethod>> DcisSearch::make(const DcisOptions& options, const FactorSet& start) {
    if (auto valid = checkSegmentOptions(start, walkOptions(options), options.top); !valid)
        return fail(std::move(valid.error()));
    if (!(options.maxPerplexity > 0))
        return fail(usageError("the largest valid perplexity must be above 0"));
    return std::unique_ptr<SearchMethod>(new DcisSearch(options, start));
}

DcisSearch::DcisSearch(const DcisOptions& options, const FactorSet& start)
    : m_options(options), m_walk(start, walkOptions(options)) {
    m_walk.open();
}

std::string_view DcisSearch::name() const {
    return methodName(m_options);
}

std::unique_ptr<SearchMethod> DcisSearch::clone() const {
    return std::unique_ptr<SearchMethod>(new DcisSearch(*this));
}

Result<void> DcisSearch::tell(std::int64_t candidate, const Score& score) {
    if (auto told = m_walk.tell(candidate, score); !told)
        return told;
    if (!m_walk.complete())
        return {};
    Decision decision = m_walk.question();
    // NaN compares false: it is never valid.
    const auto ranked = rankValid(decision.scores, [&](double s) { return s < m_options.maxPerplexity; });
    decision.valid = static_cast<int>(ranked.size());
    decision.children = decision.window;
    if (!ranked.empty()) {
        const auto [low, high] = decision.window;
        decision.best = ranked.front();
        decision.top.assign(ranked.begin(),
                            ranked.begin() + std::min<std::ptrdiff_t>(m_options.top, std::ssize(ranked)));
        decision.children =
            childWindow(decision.increments, decision.top, ranked.front(), (high - low) / (m_options.increments - 1));
    }
    m_walk.settle(std::move(decision));
    return {};
}

} // namespace ropescope
