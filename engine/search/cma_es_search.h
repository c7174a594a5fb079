// A control at equal cost: covariance matrix adaptation (CMA-ES; Hansen, arXiv 1604.00772) on ln factor.
#pragma once

#include "engine/search/random.h"
#include "engine/search/round_method.h"
#include "engine/search/settings.h"
#include "engine/search/triangular_root.h"

namespace ropescope {

// The start is scored, then generations are drawn around a mean that moves to their better halves. Default weights
// and rates of the tutorial, without negative weights. Scores that aren't finite rank last. The covariance's root is
// its Cholesky factor and the step size's path is kept in the drawn normal numbers (Krause, Arbones and Igel, NIPS
// 2016), so no generation needs eigenvectors and a long search is soon rebuilt from its events.
class CmaEsSearch final : public RoundMethod {
public:
    [[nodiscard]] static Result<std::unique_ptr<SearchMethod>> make(const CmaEsOptions& options,
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

    CmaEsSearch(const CmaEsOptions& options, const FactorSet& start);

    [[nodiscard]] std::size_t population() const;
    void askForGeneration();
    // Mean, paths, covariance and step size from the generation's ranking.
    void adapt();

    CmaEsOptions m_options;
    Random m_random;
    std::vector<std::size_t> m_free; // pairs that aren't locked
    Vector m_mean;                   // of ln factor, one entry per free pair
    double m_sigma = 0;
    UpperTriangle m_covariance;
    UpperTriangle m_root;
    Vector m_pathSigma, m_pathCovariance;
    std::vector<Vector> m_normal; // of the generation, before the root spreads them
    std::vector<Vector> m_drawn;  // of the generation, in units of sigma around the mean
    int m_generation = 0;
};

} // namespace ropescope
