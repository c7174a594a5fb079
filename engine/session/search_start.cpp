#include "engine/session/search_start.h"

#include <fmt/format.h>

#include "engine/factor_file/factor_file.h"
#include "engine/rope/attention_factor.h"
#include "engine/rope/method.h"
#include "engine/search/dcis_start.h"

namespace ropescope {
namespace {

Result<FactorSet> formulaStart(const std::string& initial, const RopeGeometry& geometry, double scale) {
    if (initial == "none")
        return unscaled(geometry);
    if (initial == "yarn")
        return dcisYarnStart(geometry, scale);
    return findRopeMethod(initial)->factors(geometry, scale);
}

} // namespace

Result<FactorSet> searchStart(const std::string& initial, const RopeGeometry& geometry, std::int64_t targetLength,
                              std::optional<double> attentionFactor) {
    const double scale = static_cast<double>(targetLength) / static_cast<double>(geometry.trainedLength);
    const bool formula = initial == "none" || findRopeMethod(initial);
    Result<FactorSet> start;
    if (formula) {
        start = formulaStart(initial, geometry, scale);
        if (start)
            start->attentionFactor = yarnAttentionFactor(scale);
    } else {
        auto document = importFactors(initial, geometry);
        if (!document)
            return fail(std::move(document.error()));
        start = std::move(document->set);
    }
    if (start && attentionFactor)
        start->attentionFactor = *attentionFactor;
    if (start && formula)
        start->origin = initial == "none" ? "none" : fmt::format("{}:{:g}", initial, scale);
    return start;
}

} // namespace ropescope
