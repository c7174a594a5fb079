// LongRoPE's evolutionary search (arXiv 2402.13753) as in its released program.
#pragma once

#include <set>

#include "engine/search/random.h"
#include "engine/search/round_method.h"
#include "engine/search/settings.h"

namespace ropescope {

// Factors between 1 and 1 + scale, never falling from pair to pair. The first generation is the start (made to
// obey that) and mutations of it; then in every iteration the best `parents` found so far give `mutations` and
// `crossovers` new vectors, none of them seen before. Parents keep their scores: population + iterations *
// (mutations + crossovers) evaluations in all.
class LongRopeSearch final : public RoundMethod {
public:
    [[nodiscard]] static Result<std::unique_ptr<SearchMethod>> make(const LongRopeOptions& options,
                                                                    const FactorSet& start);

    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] std::unique_ptr<SearchMethod> clone() const override;
    [[nodiscard]] std::int64_t evaluationsLeft() const override;

protected:
    void decide() override;
    void restart() override;
    [[nodiscard]] bool editableLater() const override { return false; }

private:
    using Vector = std::vector<double>;
    struct Individual {
        Vector factors;
        double score = 0;
    };

    LongRopeSearch(const LongRopeOptions& options, const FactorSet& start);

    // The nearest vector from below that obeys bounds and order; locked pairs stay.
    [[nodiscard]] Vector project(Vector factors) const;
    [[nodiscard]] Vector mutated(const Vector& parent);
    [[nodiscard]] Vector crossed(const Vector& first, const Vector& second);
    // One draw on the grid between the neighbours; the old value where no grid point lies there.
    [[nodiscard]] double redraw(const Vector& factors, std::size_t pair);
    void askFor(const std::vector<Vector>& generation);

    LongRopeOptions m_options;
    Random m_random;
    std::set<Vector> m_seen;
    std::vector<Individual> m_parents; // best first
    int m_generation = 0;
};

} // namespace ropescope
