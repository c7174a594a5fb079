// Llama 3.1's scaling: by wavelength relative to the trained length.
#pragma once

#include "engine/rope/method.h"

namespace ropescope {

// Pairs shorter than trainedLength / highFrequencyFactor keep their frequency, longer than trainedLength /
// lowFrequencyFactor are divided by the scale, a blend of frequencies between. Defaults are Llama 3.1's;
// low must be above 0 and below high.
struct Llama3Options {
    double lowFrequencyFactor = 1;
    double highFrequencyFactor = 4;
};

class Llama3 final : public RopeMethod {
public:
    explicit Llama3(Llama3Options options = {}) : m_options(options) {}
    [[nodiscard]] std::string_view name() const override { return "llama3"; }
    [[nodiscard]] std::string_view summary() const override { return "Llama 3.1's blend by wavelength"; }
    [[nodiscard]] Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const override;

private:
    Llama3Options m_options;
};

} // namespace ropescope
