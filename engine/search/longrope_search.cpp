#include "engine/search/longrope_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/search/check.h"

namespace ropescope {
namespace {

// A mutation is drawn again until it is new; where the space is nearly exhausted an old vector is taken after
// all, which the memo answers at no cost.
constexpr int mostMutationTries = 100;
constexpr int mostCrossoverTries = 20;
constexpr double crossoverFromSecond = 0.5;

} // namespace

Result<std::unique_ptr<SearchMethod>> LongRopeSearch::make(const LongRopeOptions& options, const FactorSet& start) {
    if (auto valid = checkStart(start); !valid)
        return fail(std::move(valid.error()));
    if (!std::isfinite(options.scale) || !(options.scale > 0))
        return fail(usageError(fmt::format("scale {}: must be a finite number above 0", options.scale)));
    if (options.population < 1 || options.parents < 1 || options.iterations < 0 || options.mutations < 0 ||
        options.crossovers < 0 || options.mutations + options.crossovers < 1)
        return fail(usageError("population and parents must be at least 1, and each iteration needs children"));
    if (options.population > 100000 || options.mutations > 100000 || options.crossovers > 100000)
        return fail(usageError("more than 100000 vectors in one generation"));
    if (!(options.probability > 0 && options.probability <= 1))
        return fail(usageError(fmt::format("probability {}: must be above 0 and at most 1", options.probability)));
    if (!(options.grid > 0) || options.grid > options.scale)
        return fail(usageError(fmt::format("grid {}: must be above 0 and at most the scale", options.grid)));
    return std::unique_ptr<SearchMethod>(new LongRopeSearch(options, start));
}

LongRopeSearch::LongRopeSearch(const LongRopeOptions& options, const FactorSet& start)
    : RoundMethod(start), m_options(options), m_random(options.seed) {
    restart();
}

std::string_view LongRopeSearch::name() const {
    return methodName(m_options);
}

std::unique_ptr<SearchMethod> LongRopeSearch::clone() const {
    return std::unique_ptr<SearchMethod>(new LongRopeSearch(*this));
}

std::int64_t LongRopeSearch::evaluationsLeft() const {
    if (finished())
        return 0;
    const std::int64_t ahead = m_options.iterations - m_generation;
    return static_cast<std::int64_t>(round().left()) + ahead * (m_options.mutations + m_options.crossovers);
}

void LongRopeSearch::restart() {
    m_random = Random(m_options.seed);
    m_seen.clear();
    FactorSet start = currentSet();
    start.factors = project(std::move(start.factors));
    setCurrent(start);
    m_seen.insert(start.factors);
    std::vector<Vector> generation{start.factors};
    while (generation.size() < static_cast<std::size_t>(m_options.population))
        generation.push_back(mutated(start.factors));
    askFor(generation);
}

LongRopeSearch::Vector LongRopeSearch::project(Vector factors) const {
    double lowest = 1;
    for (std::size_t pair = 0; pair < factors.size(); ++pair) {
        if (!locked(pair))
            factors[pair] = std::clamp(factors[pair], lowest, std::max(lowest, 1 + m_options.scale));
        lowest = std::max(lowest, factors[pair]);
    }
    return factors;
}

double LongRopeSearch::redraw(const Vector& factors, std::size_t pair) {
    const double low = pair > 0 ? std::max(factors[pair - 1], 1.0) : 1;
    const double high =
        pair + 1 < factors.size() ? std::min(factors[pair + 1], 1 + m_options.scale) : 1 + m_options.scale;
    // Whole numbers of grid steps above 1; the small allowance keeps neighbours that lie on the grid.
    const double first = std::ceil((low - 1) / m_options.grid - 1e-6);
    const double last = std::floor((high - 1) / m_options.grid + 1e-6);
    if (!(first <= last))
        return factors[pair];
    const double steps = first + static_cast<double>(m_random.below(static_cast<std::uint64_t>(last - first) + 1));
    return std::clamp(1 + steps * m_options.grid, low, high);
}

LongRopeSearch::Vector LongRopeSearch::mutated(const Vector& parent) {
    Vector child;
    for (int attempt = 0; attempt < mostMutationTries; ++attempt) {
        child = parent;
        for (std::size_t pair = 0; pair < child.size(); ++pair)
            if (m_random.uniform() < m_options.probability && !locked(pair))
                child[pair] = redraw(child, pair);
        if (m_seen.insert(child).second)
            break;
    }
    return child;
}

LongRopeSearch::Vector LongRopeSearch::crossed(const Vector& first, const Vector& second) {
    for (int attempt = 0; attempt < mostCrossoverTries; ++attempt) {
        Vector child = first;
        for (std::size_t pair = 0; pair < child.size(); ++pair) {
            if (m_random.uniform() >= m_options.probability || m_random.uniform() >= crossoverFromSecond)
                continue;
            child[pair] = second[pair];
            if (std::is_sorted(child.begin(), child.end()) && m_seen.insert(child).second)
                return child;
        }
    }
    return mutated(first);
}

void LongRopeSearch::askFor(const std::vector<Vector>& generation) {
    std::vector<FactorSet> sets;
    for (const Vector& factors : generation)
        sets.push_back({factors, attentionFactor(), ""});
    ask(std::move(sets), m_generation + 1, false);
}

void LongRopeSearch::decide() {
    const auto scores = round().perplexities();
    for (std::size_t index = 0; index < scores.size(); ++index) {
        const double score = std::isfinite(scores[index]) ? scores[index] : std::numeric_limits<double>::infinity();
        m_parents.push_back({round().candidates()[index].factors, score});
    }
    std::stable_sort(m_parents.begin(), m_parents.end(),
                     [](const Individual& a, const Individual& b) { return a.score < b.score; });
    if (m_parents.size() > static_cast<std::size_t>(m_options.parents))
        m_parents.resize(static_cast<std::size_t>(m_options.parents));
    const auto best = lowest();
    record(best, best && (!currentScore() || scores[static_cast<std::size_t>(*best)] < *currentScore()));
    if (m_generation++ == m_options.iterations)
        return end();
    const auto parent = [this]() -> const Vector& { return m_parents[m_random.below(m_parents.size())].factors; };
    std::vector<Vector> generation;
    for (int child = 0; child < m_options.mutations; ++child)
        generation.push_back(mutated(parent()));
    for (int child = 0; child < m_options.crossovers; ++child) {
        const Vector& first = parent();
        generation.push_back(crossed(first, parent()));
    }
    askFor(generation);
}

} // namespace ropescope
