// Descends the exact gradient of the mean NLL in ln factor (and ln attention factor).
#pragma once

#include "engine/search/round_method.h"
#include "engine/search/settings.h"

namespace ropescope {

// Every pair has a trust radius of its own in ln factor and steps by it against the sign of its derivative (after
// Riedmiller and Braun, ICNN 1993): a radius grows while the sign stays and shrinks where it flips. The size of the
// derivative isn't used: the fastest pairs turn many radians on a small change, so theirs says little beyond its
// immediate neighbourhood and would drown the others. A step that doesn't lower the score is taken back and
// shortened, most where the derivative flipped on the way; so the score never rises.
class GradientSearch final : public RoundMethod {
public:
    [[nodiscard]] static Result<std::unique_ptr<SearchMethod>> make(const GradientOptions& options,
                                                                    const FactorSet& start);

    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] std::unique_ptr<SearchMethod> clone() const override;
    [[nodiscard]] std::int64_t evaluationsLeft() const override;

protected:
    void decide() override;
    void restart() override;
    [[nodiscard]] bool editableLater() const override { return true; }

private:
    GradientSearch(const GradientOptions& options, const FactorSet& start);

    // The pairs and, last, the attention factor.
    [[nodiscard]] std::size_t variables() const { return currentSet().factors.size() + 1; }
    [[nodiscard]] bool fixed(std::size_t variable) const;
    // d NLL / d ln variable at the round's candidate; 0 where fixed.
    [[nodiscard]] std::vector<double> derivatives() const;
    void accept(std::vector<double> derivatives);
    void shorten(const std::vector<double>& derivatives);
    void askForStep();

    GradientOptions m_options;
    std::vector<double> m_radius;
    std::vector<double> m_derivative; // at the current vector
    std::vector<double> m_step;       // from the current vector to the candidate; empty while the current is asked for
    int m_shortened = 0;              // times since the last accepted step
    int m_iteration = 0;
};

} // namespace ropescope
