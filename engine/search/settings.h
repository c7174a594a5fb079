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

using MethodOptions = std::variant<DcisOptions, SafeDcisOptions>;

struct SearchSettings {
    MethodOptions method;
    FactorSet start; // what the search begins with; its attention factor is used unless the method learns it
};

// "dcis", "dcis-safe": what a person types.
[[nodiscard]] std::string_view methodName(const MethodOptions& options);
// Default options of the method of that name; none when there is no such method.
[[nodiscard]] std::optional<MethodOptions> defaultOptions(std::string_view name);
// All names, in the order they are listed to people.
[[nodiscard]] std::vector<std::string_view> methodNames();

// A usage error names the option that makes no sense.
[[nodiscard]] Result<std::unique_ptr<SearchMethod>> makeSearchMethod(const SearchSettings& settings);

} // namespace ropescope
