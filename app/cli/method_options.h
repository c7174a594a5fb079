// The options of search methods as typed on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/command.h"
#include "engine/base/outcome.h"
#include "engine/search/settings.h"

namespace ropescope::cli {

struct MethodChoice {
    std::string method = "dcis";
    std::string mode = "published"; // of dcis
    std::optional<int> increments, top, evaluations;
    std::optional<double> range, maxPerplexity;
    std::optional<std::uint64_t> seed;
    bool learnAttentionFactor = false;
};

void declareMethod(CLI::App& app, MethodChoice& choice);

// Usage error for an unknown method, and for an option that the method doesn't have. `scale`: target / trained length.
[[nodiscard]] Result<MethodOptions> methodOptions(const MethodChoice& choice, double scale);

} // namespace ropescope::cli
