// What a search was started with, as plain values: a study stores them, and with the events (events.h) they give
// the search back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"
#include "engine/search/method.h"

namespace ropescope {

// Which segments of a level come first: those of the highest pair indices (lowest frequencies), as published,
// or the lowest.
enum class VisitOrder { highPairsFirst, lowPairsFirst };

// DCIS as published (arXiv 2412.18811), bit for bit the authors' program.
struct DcisOptions {
    int increments = 10;        // candidates per segment, at least 2
    double range = 5;           // first windows are -range .. range; the published 32x file took 10
    int top = 3;                // the best so many span the next window
    double maxPerplexity = 100; // valid is strictly below
    double clamp = 1e-4;        // smallest factor of a candidate; the stored vector isn't clamped
    VisitOrder order = VisitOrder::highPairsFirst;
    bool operator==(const DcisOptions&) const = default;
};

// DCIS that never accepts a loss: also scores the start, lets the vector as it is compete in every segment, and
// clamps what it stores.
struct SafeDcisOptions {
    int increments = 10;
    double range = 5;
    int top = 3;
    double relativeBound = 10;                          // valid is below so many times the start's perplexity
    std::optional<double> maxPerplexity = std::nullopt; // an absolute bound instead
    double clamp = 1e-4;
    VisitOrder order = VisitOrder::highPairsFirst;
    bool operator==(const SafeDcisOptions&) const = default;
};

// LongRoPE's evolutionary search (arXiv 2402.13753), the released program's variant: factors between 1 and
// 1 + scale on a grid, never falling from pair to pair. 1,344 evaluations at the defaults.
struct LongRopeOptions {
    double scale = 4; // target length / trained length
    int population = 64;
    int iterations = 40;
    int mutations = 16;
    int crossovers = 16;
    int parents = 32;
    double probability = 0.3;
    double grid = 0.01;
    std::uint64_t seed = 0;
    bool operator==(const LongRopeOptions&) const = default;
};

// A control: independent log-normal draws around the start, the best kept.
struct RandomSearchOptions {
    int evaluations = 1260;
    double spread = 0.3; // standard deviation of ln factor
    std::uint64_t seed = 0;
    bool operator==(const RandomSearchOptions&) const = default;
};

// A control: covariance matrix adaptation (Hansen 2016, arXiv 1604.00772) on ln factor.
struct CmaEsOptions {
    int evaluations = 1260;
    double spread = 0.1; // first standard deviation of ln factor
    int population = 0;  // 0: 4 + floor(3 ln pairs)
    std::uint64_t seed = 0;
    bool operator==(const CmaEsOptions&) const = default;
};

// Descends the exact gradient of the mean NLL in ln factor, with a bounded step for every pair.
struct GradientOptions {
    int evaluations = 60;              // most candidates asked for, each with its gradient
    double firstStep = 0.02;           // first bound of a pair's step in ln factor
    double longestStep = 0.2;          // no pair moves farther in one step
    bool learnAttentionFactor = false; // the attention factor is one more variable
    bool operator==(const GradientOptions&) const = default;
};

using MethodOptions =
    std::variant<DcisOptions, SafeDcisOptions, GradientOptions, LongRopeOptions, RandomSearchOptions, CmaEsOptions>;

struct SearchSettings {
    MethodOptions method;
    FactorSet start; // what the search begins with; its attention factor is used unless the method learns it
};

// "dcis", "dcis-safe", "gradient", "longrope", "random", "cma-es": what a person types.
[[nodiscard]] std::string_view methodName(const MethodOptions& options);
// Default options of the method of that name; none when there is no such method.
[[nodiscard]] std::optional<MethodOptions> defaultOptions(std::string_view name);
// All names, in the order they are listed to people.
[[nodiscard]] std::vector<std::string_view> methodNames();

// A usage error names the option that makes no sense.
[[nodiscard]] Result<std::unique_ptr<SearchMethod>> makeSearchMethod(const SearchSettings& settings);

} // namespace ropescope
