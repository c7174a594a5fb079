// What a finished search says of itself, on the text it saw and on text it did not see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"

namespace ropescope {

// The same factor sets on the same tokens of text that the search never scored. A search fits the window it is given;
// this says how much of the gain is left elsewhere.
struct UnseenComparison {
    std::int64_t windows = 0;
    std::int64_t tokens = 0; // scored
    double unscaledPerplexity = 0;
    double initialPerplexity = 0;
    double perplexity = 0;
    double difference = 0;        // mean NLL found - initial, token by token: negative is better
    double standardError = 0;     // of the difference; NaN where it can't be known
    bool windowsAreUnits = false; // the error was computed from windows; else from runs of tokens within them
    std::int64_t units = 0;
};

struct SearchReport {
    std::string method;
    std::string branch;
    std::int64_t targetLength = 0;
    FactorSet initial;
    FactorSet found;
    int clamped = 0; // factors that were raised to the method's smallest
    double unscaledPerplexity = 0;
    double initialPerplexity = 0;
    double perplexity = 0;
    std::int64_t evaluations = 0;           // that the method asked for
    std::int64_t evaluationsRun = 0;        // forward passes made for them
    double seconds = 0;                     // of scoring, over all sessions
    std::optional<UnseenComparison> unseen; // none where the text has nothing left
};

// One JSON object with the keys of the command line's contract; NaN becomes null. A study keeps it as text.
[[nodiscard]] std::string reportJson(const SearchReport& report);
// The reverse; an input error names what is missing.
[[nodiscard]] Result<SearchReport> readReport(const std::string& json, const std::string& source);

} // namespace ropescope
