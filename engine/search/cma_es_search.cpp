#include "engine/search/cma_es_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "engine/search/check.h"

namespace ropescope {
namespace {

// Weights of the better half and the learning rates (Hansen 2016, table 1).
struct Rates {
    std::vector<double> weights;
    double effective = 0; // mu_eff
    double sigmaPath, sigmaDamping, covariancePath, rankOne, rankMany;
    double expectedLength; // of a normal vector

    Rates(std::size_t population, std::size_t dimensions) {
        const auto n = static_cast<double>(dimensions);
        const std::size_t parents = std::max<std::size_t>(1, population / 2);
        for (std::size_t rank = 0; rank < parents; ++rank)
            weights.push_back(std::log((static_cast<double>(population) + 1) / 2) -
                              std::log(static_cast<double>(rank) + 1));
        const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        double squares = 0;
        for (double& weight : weights) {
            weight /= sum;
            squares += weight * weight;
        }
        effective = 1 / squares;
        sigmaPath = (effective + 2) / (n + effective + 5);
        sigmaDamping = 1 + 2 * std::max(0.0, std::sqrt((effective - 1) / (n + 1)) - 1) + sigmaPath;
        covariancePath = (4 + effective / n) / (n + 4 + 2 * effective / n);
        rankOne = 2 / ((n + 1.3) * (n + 1.3) + effective);
        rankMany = std::min(1 - rankOne, 2 * (effective - 2 + 1 / effective) / ((n + 2) * (n + 2) + effective));
        expectedLength = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    }
};

double length(const std::vector<double>& vector) {
    return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

} // namespace

Result<std::unique_ptr<SearchMethod>> CmaEsSearch::make(const CmaEsOptions& options, const FactorSet& start) {
    if (auto valid = checkStart(start); !valid)
        return fail(std::move(valid.error()));
    if (options.evaluations < 1)
        return fail(usageError(fmt::format("{} evaluations: a search needs at least one", options.evaluations)));
    if (options.population != 0 && (options.population < 4 || options.population > 100000))
        return fail(usageError(fmt::format("population {}: must be 4 to 100000, or 0", options.population)));
    if (!(options.spread > 0) || !(options.spread <= 5))
        return fail(usageError(fmt::format("spread {}: must be above 0 and at most 5", options.spread)));
    return std::unique_ptr<SearchMethod>(new CmaEsSearch(options, start));
}

CmaEsSearch::CmaEsSearch(const CmaEsOptions& options, const FactorSet& start)
    : RoundMethod(start), m_options(options), m_random(options.seed) {
    restart();
}

std::string_view CmaEsSearch::name() const {
    return methodName(m_options);
}

std::unique_ptr<SearchMethod> CmaEsSearch::clone() const {
    return std::unique_ptr<SearchMethod>(new CmaEsSearch(*this));
}

std::int64_t CmaEsSearch::evaluationsLeft() const {
    return finished() ? 0 : m_options.evaluations - evaluations();
}

std::size_t CmaEsSearch::population() const {
    if (m_options.population > 0)
        return static_cast<std::size_t>(m_options.population);
    return 4 + static_cast<std::size_t>(3 * std::log(static_cast<double>(m_free.size())));
}

void CmaEsSearch::restart() {
    m_random = Random(m_options.seed);
    m_free.clear();
    m_mean.clear();
    for (std::size_t pair = 0; pair < current().size(); ++pair)
        if (!locked(pair)) {
            m_free.push_back(pair);
            m_mean.push_back(std::log(current()[pair]));
        }
    const std::size_t n = m_free.size();
    m_sigma = m_options.spread;
    m_covariance = UpperTriangle::identity(n);
    m_root = m_covariance;
    m_pathSigma.assign(n, 0);
    m_pathCovariance.assign(n, 0);
    ask({currentSet()}, 0, false);
}

void CmaEsSearch::decide() {
    const auto best = lowest();
    record(best,
           best && (!currentScore() || round().perplexities()[static_cast<std::size_t>(*best)] < *currentScore()));
    // A last generation cut short by the budget is scored but teaches nothing.
    if (m_generation > 0 && round().candidates().size() == population())
        adapt();
    if (evaluations() >= m_options.evaluations || m_free.empty())
        return end();
    askForGeneration();
}

void CmaEsSearch::askForGeneration() {
    ++m_generation;
    const auto left = static_cast<std::size_t>(m_options.evaluations - evaluations());
    const std::size_t count = std::min(population(), left);
    std::vector<FactorSet> sets(count, currentSet());
    m_normal.assign(count, Vector(m_free.size(), 0));
    m_drawn.clear();
    for (std::size_t index = 0; index < count; ++index) {
        for (double& number : m_normal[index])
            number = m_random.normal();
        m_drawn.push_back(spread(m_root, m_normal[index]));
        // Kept within what a float32 factor can be, however far a flat score lets the step size grow.
        for (std::size_t k = 0; k < m_free.size(); ++k)
            sets[index].factors[m_free[k]] = std::exp(std::clamp(m_mean[k] + m_sigma * m_drawn[index][k], -20.0, 20.0));
    }
    ask(std::move(sets), m_generation, false);
}

void CmaEsSearch::adapt() {
    const std::size_t n = m_free.size();
    const Rates rates(population(), n);
    const auto scores = round().perplexities();
    std::vector<std::size_t> ranked(scores.size());
    std::iota(ranked.begin(), ranked.end(), std::size_t{0});
    const auto key = [&](std::size_t index) {
        return std::isfinite(scores[index]) ? scores[index] : std::numeric_limits<double>::infinity();
    };
    std::stable_sort(ranked.begin(), ranked.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });

    const auto mean = [&](const std::vector<Vector>& vectors) {
        Vector sum(n, 0);
        for (std::size_t rank = 0; rank < rates.weights.size(); ++rank)
            for (std::size_t k = 0; k < n; ++k)
                sum[k] += rates.weights[rank] * vectors[ranked[rank]][k];
        return sum;
    };
    const Vector move = mean(m_drawn);
    for (std::size_t k = 0; k < n; ++k)
        m_mean[k] += m_sigma * move[k];

    const double keepSigma = std::sqrt(rates.sigmaPath * (2 - rates.sigmaPath) * rates.effective);
    const Vector whitened = mean(m_normal);
    for (std::size_t k = 0; k < n; ++k)
        m_pathSigma[k] = (1 - rates.sigmaPath) * m_pathSigma[k] + keepSigma * whitened[k];
    const double pathLength = length(m_pathSigma);
    const double settled = std::sqrt(1 - std::pow(1 - rates.sigmaPath, 2 * m_generation));
    const bool moving = pathLength / settled < (1.4 + 2 / (static_cast<double>(n) + 1)) * rates.expectedLength;
    const double keepPath = moving ? std::sqrt(rates.covariancePath * (2 - rates.covariancePath) * rates.effective) : 0;
    for (std::size_t k = 0; k < n; ++k)
        m_pathCovariance[k] = (1 - rates.covariancePath) * m_pathCovariance[k] + keepPath * move[k];

    const double lost = moving ? 0 : rates.rankOne * rates.covariancePath * (2 - rates.covariancePath);
    m_covariance.scale(1 - rates.rankOne - rates.rankMany + lost);
    m_covariance.add(rates.rankOne, m_pathCovariance);
    for (std::size_t rank = 0; rank < rates.weights.size(); ++rank)
        m_covariance.add(rates.rankMany * rates.weights[rank], m_drawn[ranked[rank]]);
    m_sigma *= std::exp(std::min(1.0, rates.sigmaPath / rates.sigmaDamping * (pathLength / rates.expectedLength - 1)));
    m_root = triangularRoot(m_covariance);
}

} // namespace ropescope
