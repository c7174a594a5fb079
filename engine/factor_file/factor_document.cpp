#include "engine/factor_file/factor_document.h"

#include <cmath>

#include <fmt/format.h>

namespace ropescope {

std::optional<RopeGeometry> FactorDocument::geometry() const {
    if (!theta || !headDim || !rotaryDim || !trainedLength)
        return {};
    return RopeGeometry{*headDim, *rotaryDim, *theta, *trainedLength};
}

std::optional<double> FactorDocument::scale() const {
    if (!trainedLength || !targetLength)
        return {};
    return static_cast<double>(*targetLength) / static_cast<double>(*trainedLength);
}

void FactorDocument::fillFrom(const RopeGeometry& geometry) {
    if (!theta)
        theta = geometry.theta;
    if (!headDim)
        headDim = geometry.headDim;
    if (!rotaryDim)
        rotaryDim = geometry.rotaryDim;
    if (!trainedLength)
        trainedLength = geometry.trainedLength;
}

Result<void> checkFactors(const FactorSet& set, const std::string& file, const std::optional<RopeGeometry>& geometry) {
    if (set.factors.empty())
        return fail(inputError(file, "factors", "at least one", "none"));
    for (std::size_t index = 0; index < set.factors.size(); ++index)
        if (!std::isfinite(set.factors[index]) || set.factors[index] <= 0)
            return fail(inputError(file, fmt::format("factor {} (counted from 0)", index), "a finite number above 0",
                                   fmt::format("{}", set.factors[index])));
    if (!std::isfinite(set.attentionFactor) || set.attentionFactor <= 0)
        return fail(
            inputError(file, "attention factor", "a finite number above 0", fmt::format("{}", set.attentionFactor)));
    if (geometry && set.factors.size() != static_cast<std::size_t>(geometry->pairs()))
        return fail(inputError(file, "factors", fmt::format("{}, one per rotary pair", geometry->pairs()),
                               fmt::format("{}", set.factors.size())));
    return {};
}

} // namespace ropescope
