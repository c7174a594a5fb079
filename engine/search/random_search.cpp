#include "engine/search/random_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/search/check.h"

namespace ropescope {
namespace {

constexpr std::int64_t perRound = 16;

} // namespace

Result<std::unique_ptr<SearchMethod>> RandomSearch::make(const RandomSearchOptions& options, const FactorSet& start) {
    if (auto valid = checkStart(start); !valid)
        return fail(std::move(valid.error()));
    if (options.evaluations < 1)
        return fail(usageError(fmt::format("{} evaluations: a search needs at least one", options.evaluations)));
    if (!(options.spread > 0) || !(options.spread <= 5))
        return fail(usageError(fmt::format("spread {}: must be above 0 and at most 5", options.spread)));
    return std::unique_ptr<SearchMethod>(new RandomSearch(options, start));
}

RandomSearch::RandomSearch(const RandomSearchOptions& options, const FactorSet& start)
    : RoundMethod(start), m_options(options), m_random(options.seed) {
    restart();
}

std::string_view RandomSearch::name() const {
    return methodName(m_options);
}

std::unique_ptr<SearchMethod> RandomSearch::clone() const {
    return std::unique_ptr<SearchMethod>(new RandomSearch(*this));
}

std::int64_t RandomSearch::evaluationsLeft() const {
    return finished() ? 0 : m_options.evaluations - evaluations();
}

void RandomSearch::restart() {
    m_centre = currentSet();
    ask({m_centre}, 0, false);
}

void RandomSearch::decide() {
    const auto best = lowest();
    const bool better =
        best && (!currentScore() || round().perplexities()[static_cast<std::size_t>(*best)] < *currentScore());
    record(best, better);
    const std::int64_t count = std::min(perRound, m_options.evaluations - evaluations());
    if (count == 0)
        return end();
    std::vector<FactorSet> draws(static_cast<std::size_t>(count), m_centre);
    for (FactorSet& draw : draws)
        for (std::size_t pair = 0; pair < draw.factors.size(); ++pair)
            if (!locked(pair))
                draw.factors[pair] *= std::exp(m_options.spread * m_random.normal());
    ask(std::move(draws), ++m_rounds, false);
}

} // namespace ropescope
