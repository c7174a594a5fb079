// A stand-in for a model: deterministic scores that look random, and a driver that answers a search with them.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "engine/search/method.h"
#include "tests/support/catch.h"

namespace ropescope::test {

// A pseudo-random number in [0, 1) from the vector's content.
inline double noise(const std::vector<double>& factors, double salt) {
    double sum = salt;
    for (std::size_t pair = 0; pair < factors.size(); ++pair)
        sum += factors[pair] * (1.3 + 0.77 * static_cast<double>(pair));
    const double wild = std::sin(sum * 12.9898) * 43758.5453;
    return wild - std::floor(wild);
}

// Between 5 and 125, now and then NaN: about a third of the candidates are invalid for DCIS's bound of 100.
inline double wildScore(const Candidate& candidate, double salt) {
    if (noise(candidate.factors, salt + 1) < 0.1)
        return std::numeric_limits<double>::quiet_NaN();
    return 5 + 120 * noise(candidate.factors, salt);
}

// A smooth bowl around rising targets.
inline double bowl(const Candidate& candidate) {
    double score = 6;
    for (std::size_t pair = 0; pair < candidate.factors.size(); ++pair) {
        const double distance = std::log(candidate.factors[pair]) - 0.1 * static_cast<double>(pair);
        score += 0.3 * distance * distance;
    }
    return score;
}

template <class ScoreOf>
void finish(SearchMethod& search, ScoreOf scoreOf) {
    while (!search.finished())
        for (const Candidate& candidate : search.wanted())
            REQUIRE(search.tell(candidate.id, Score{scoreOf(candidate)}).has_value());
}

inline FactorSet startOf(std::size_t pairs, double factor = 2) {
    return {std::vector<double>(pairs, factor), 1.1, "test"};
}

} // namespace ropescope::test
