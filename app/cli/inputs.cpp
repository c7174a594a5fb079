#include "app/cli/inputs.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/factor_file/factor_file.h"
#include "engine/session/study_factors.h"
#include "engine/study/study.h"

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

Result<FactorDocument> factorDocument(const std::string& spec, const std::optional<RopeGeometry>& geometry) {
    if (!beginsLikeStudy(spec))
        return resolveFactorDocument(spec, geometry);
    const auto study = readStudy(spec);
    if (!study)
        return fail(study.error());
    auto document = studyFactors(*study, spec);
    if (document && geometry) {
        if (auto fits = checkFactors(document->set, spec, geometry); !fits)
            return fail(std::move(fits.error()));
        document->fillFrom(*geometry);
    }
    return document;
}

Result<FactorSet> parseFactors(const std::string& spec, const RopeGeometry& geometry,
                               std::optional<double> attentionFactor) {
    auto document = factorDocument(spec, geometry);
    if (!document)
        return fail(std::move(document.error()));
    FactorSet set = std::move(document->set);
    if (attentionFactor) {
        set.attentionFactor = *attentionFactor;
        set.origin += fmt::format(", attention factor {}", *attentionFactor);
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
