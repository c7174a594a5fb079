// A control at equal cost: covariance matrix adaptation (CMA-ES; Hansen, arXiv 1604.00772) on ln factor.
#pragma once

#include "engine/search/random.h"
#include "engine/search/round_method.h"
#include "engine/search/settings.h"

namespace ropescope {

// The start is scored, then generations are drawn around a mean that moves to their better halves. Default weights
// and rates of the tutorial, without negative weights. Scores that aren't finite rank last.
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
    std::vector<Vector> m_covariance;
    std::vector<Vector> m_axes; // columns: eigenvectors of the covariance
    Vector m_lengths;           // square roots of its eigenvalues
    Vector m_pathSigma, m_pathCovariance;
    std::vector<Vector> m_drawn; // of the generation, in units of sigma around the mean
    int m_generation = 0;
};

} // namespace ropescope
