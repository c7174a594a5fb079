// What a factor file can say: the factors, and as much about them as is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"

namespace ropescope {

struct FactorModel {
    std::string path;
    std::string hash; // of the content; empty where not known
    bool operator==(const FactorModel&) const = default;
};

// What the factors scored when they were found.
struct FactorEvaluation {
    std::string text;
    std::int64_t length = 0;
    double perplexity = 0;
    bool operator==(const FactorEvaluation&) const = default;
};

struct FactorDocument {
    FactorSet set;
    std::optional<double> theta;
    std::optional<int> headDim, rotaryDim;
    std::optional<std::int64_t> trainedLength, targetLength;
    std::string method; // "dcis", "yarn"; empty where not known
    std::optional<FactorModel> model;
    std::optional<FactorEvaluation> evaluation;
    // The source said what the attention factor is, in itself or by its method's definition; otherwise it is 1 by
    // assumption.
    bool attentionFactorKnown = false;
    std::vector<std::string> notes; // what a person should know about how the file was read

    [[nodiscard]] std::optional<RopeGeometry> geometry() const;
    // Target / trained length, where both are known.
    [[nodiscard]] std::optional<double> scale() const;
    // Takes over what the document does not say itself.
    void fillFrom(const RopeGeometry& geometry);
};

// Input error naming the index unless every factor and the attention factor are finite and above 0, and naming both
// counts unless there is one factor per pair of `geometry` (where given). Published files are neither monotone nor
// between 1 and the scale, so nothing of the kind is asked.
[[nodiscard]] Result<void> checkFactors(const FactorSet& set, const std::string& file,
                                        const std::optional<RopeGeometry>& geometry);

} // namespace ropescope
