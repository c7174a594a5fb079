// A stand-in for the perplexity with which searches are recorded and replayed without a model.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace ropescope {

// In float64, one rounding per operation, terms strictly in this order:
//     constant + sum (w_i d) d, d = x_i - t_i; + sum a_i sin(k_i x_i); + sum (c_i x_i) x_{i+1}
// unless a rule holds, the first of which replaces the score; then rounded.
struct SyntheticObjective {
    struct Rule {
        int pair = 0;
        // Holds where the factor is above or below an edge, or farther than `keep` periods from the nearest tooth
        // of a comb.
        std::optional<double> above = std::nullopt;
        std::optional<double> below = std::nullopt;
        double origin = 0, period = 1, keep = 0;
        double score = 0; // may be NaN

        [[nodiscard]] bool holds(double factor) const;
    };

    double constant = 0;
    std::vector<double> weights, targets;  // w, t: one per pair
    std::vector<double> amplitudes, rates; // a, k: one per pair, or none
    std::vector<double> products;          // c: at most one fewer than pairs
    std::vector<Rule> rules;
    std::optional<double> grid = std::nullopt; // floor(score * grid + 0.5) / grid
    bool toFloat32 = false;

    // `factors` after the clamp, as many as targets.
    [[nodiscard]] double score(std::span<const double> factors) const;
};

} // namespace ropescope
