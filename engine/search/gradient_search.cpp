#include "engine/search/gradient_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/search/check.h"

namespace ropescope {
namespace {

constexpr double growth = 1.3;
constexpr double flipped = 0.5;        // of a radius whose derivative changed sign between two accepted vectors
constexpr double shortenFlipped = 0.3; // of a refused step, where the sign changed on the way
constexpr double shortenOthers = 0.8;
constexpr double shortenAll = 0.5; // where the refused candidate has no usable derivative
constexpr int mostShortenings = 8; // then all radii are cut to a quarter
constexpr double smallestRadius = 1e-6;
constexpr double converged = 1e-5; // all radii below: no step worth its evaluation is left

double sign(double value) {
    return value > 0 ? 1 : (value < 0 ? -1 : 0);
}

} // namespace

Result<std::unique_ptr<SearchMethod>> GradientSearch::make(const GradientOptions& options, const FactorSet& start) {
    if (auto valid = checkStart(start); !valid)
        return fail(std::move(valid.error()));
    if (options.evaluations < 1)
        return fail(usageError(fmt::format("{} evaluations: a search needs at least one", options.evaluations)));
    if (!(options.firstStep > 0) || !(options.longestStep >= options.firstStep) || !(options.longestStep <= 2))
        return fail(usageError(fmt::format("steps of {} to {} in ln factor: must be above 0, rising, at most 2",
                                           options.firstStep, options.longestStep)));
    return std::unique_ptr<SearchMethod>(new GradientSearch(options, start));
}

GradientSearch::GradientSearch(const GradientOptions& options, const FactorSet& start)
    : RoundMethod(start), m_options(options) {
    restart();
}

std::string_view GradientSearch::name() const {
    return methodName(m_options);
}

std::unique_ptr<SearchMethod> GradientSearch::clone() const {
    return std::unique_ptr<SearchMethod>(new GradientSearch(*this));
}

std::int64_t GradientSearch::evaluationsLeft() const {
    return finished() ? 0 : std::max<std::int64_t>(1, m_options.evaluations - evaluations());
}

bool GradientSearch::fixed(std::size_t variable) const {
    return variable + 1 == variables() ? !m_options.learnAttentionFactor : locked(variable);
}

void GradientSearch::restart() {
    m_radius.assign(variables(), m_options.firstStep);
    m_derivative.assign(variables(), 0);
    m_step.clear();
    m_shortened = 0;
    ask({currentSet()}, m_iteration, true);
}

std::vector<double> GradientSearch::derivatives() const {
    const Candidate& candidate = round().candidates().front();
    const FactorGradient& gradient = *round().scores().front()->gradient;
    std::vector<double> derivatives = gradient.byLogFactor;
    derivatives.push_back(gradient.byAttentionFactor * candidate.attentionFactor);
    for (std::size_t variable = 0; variable < derivatives.size(); ++variable)
        if (fixed(variable))
            derivatives[variable] = 0;
    return derivatives;
}

void GradientSearch::decide() {
    const auto here = derivatives();
    const double score = round().scores().front()->perplexity;
    const bool usable =
        std::isfinite(score) && std::all_of(here.begin(), here.end(), [](double d) { return std::isfinite(d); });
    const bool isCurrent = m_step.empty();
    const bool better = usable && (isCurrent || score < currentScore());
    record(better ? std::optional(0) : std::nullopt, better);
    ++m_iteration;
    if (isCurrent && !usable)
        return end(); // nowhere to go from
    if (better)
        accept(here);
    else
        shorten(usable ? here : std::vector<double>());
    const bool still = std::all_of(m_step.begin(), m_step.end(), [](double step) { return step == 0; });
    const bool tiny = *std::max_element(m_radius.begin(), m_radius.end()) < converged;
    if (still || tiny || evaluations() >= m_options.evaluations)
        return end();
    askForStep();
}

void GradientSearch::accept(std::vector<double> derivatives) {
    for (std::size_t variable = 0; variable < variables(); ++variable) {
        double& radius = m_radius[variable];
        if (!m_step.empty()) // what was left of it after shortening
            radius = std::max(std::abs(m_step[variable]), smallestRadius);
        const double agreement = m_derivative[variable] * derivatives[variable];
        if (agreement > 0)
            radius = std::min(radius * growth, m_options.longestStep);
        else if (agreement < 0)
            radius *= flipped;
    }
    m_derivative = std::move(derivatives);
    m_shortened = 0;
    m_step.resize(variables());
    for (std::size_t variable = 0; variable < variables(); ++variable)
        m_step[variable] = -sign(m_derivative[variable]) * m_radius[variable];
}

void GradientSearch::shorten(const std::vector<double>& derivatives) {
    if (++m_shortened % mostShortenings == 0)
        for (std::size_t variable = 0; variable < variables(); ++variable) {
            m_radius[variable] *= 0.25;
            m_step[variable] = -sign(m_derivative[variable]) * m_radius[variable];
        }
    else
        for (std::size_t variable = 0; variable < variables(); ++variable) {
            const bool turned = !derivatives.empty() && derivatives[variable] * m_derivative[variable] < 0;
            m_step[variable] *= derivatives.empty() ? shortenAll : (turned ? shortenFlipped : shortenOthers);
        }
}

void GradientSearch::askForStep() {
    FactorSet next = currentSet();
    for (std::size_t pair = 0; pair < next.factors.size(); ++pair)
        next.factors[pair] *= std::exp(m_step[pair]);
    next.attentionFactor *= std::exp(m_step.back());
    ask({std::move(next)}, m_iteration, true);
}

} // namespace ropescope
