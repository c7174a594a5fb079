// The control every search should beat: independent draws around the start.
#pragma once

#include "engine/search/random.h"
#include "engine/search/round_method.h"
#include "engine/search/settings.h"

namespace ropescope {

// The start itself, then ln factor = ln start + spread * normal, pair by pair, in rounds of sixteen; the best is
// kept. No draw depends on a score.
class RandomSearch final : public RoundMethod {
public:
    [[nodiscard]] static Result<std::unique_ptr<SearchMethod>> make(const RandomSearchOptions& options,
                                                                    const FactorSet& start);

    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] std::unique_ptr<SearchMethod> clone() const override;
    [[nodiscard]] std::int64_t evaluationsLeft() const override;

protected:
    void decide() override;
    void restart() override;
    [[nodiscard]] bool editableLater() const override { return false; }

private:
    RandomSearch(const RandomSearchOptions& options, const FactorSet& start);

    RandomSearchOptions m_options;
    Random m_random;
    FactorSet m_centre;
    int m_rounds = 0;
};

} // namespace ropescope
