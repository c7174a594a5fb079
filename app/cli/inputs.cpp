#include "app/cli/inputs.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/factor_file/factor_file.h"

namespace ropescope::cli {
DeviceOptions deviceOptions(const CommonOptions& common) {
    DeviceOptions options;
    options.device = common.device;
    options.threads = common.threads;
    if (common.type == "fp32")
        options.type = ComputeType::fp32;
    else if (common.type == "bf16")
        options.type = ComputeType::bf16;
    return options;
}

Result<FactorSet> parseFactors(const std::string& spec, const RopeGeometry& geometry,
                               std::optional<double> attentionFactor) {
    auto set = resolveFactors(spec, geometry);
    if (set && attentionFactor) {
        set->attentionFactor = *attentionFactor;
        set->origin += fmt::format(", attention factor {}", *attentionFactor);
    }
    return set;
}

std::optional<double> parseNumber(std::string_view word) {
    double value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || end != word.data() + word.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace ropescope::cli
