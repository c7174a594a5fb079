// What people open the tool for: the mean NLL as a function of the factors of one segment of rotary pairs, or of two.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/probe/landscape_sampler.h"
#include "engine/rope/factor_set.h"
#include "engine/rope/segment.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

// The factors of `pairs` are multiplied by one scale out of the axis.
struct LandscapeAxis {
    Segment pairs;
    ScaleAxis range;
};

struct LandscapePoint {
    std::vector<double> scale; // one per axis
    double nll = 0;            // nats per token; NaN where the model gave NaN

    bool operator==(const LandscapePoint&) const = default;
};

struct LandscapeRequest {
    FactorSet base;
    std::vector<LandscapeAxis> axes = {}; // one or two; two must not share a pair
    int points = 33;                      // of a curve, or along each axis of a grid
    std::int64_t length = 0;
    std::int64_t windowLimit = 1; // windows side by side from the text's start; 0: all
    std::optional<TokenId> beginOfText = {};
    AttentionForm attention = FullAttention{};
    std::vector<LandscapePoint> known = {}; // evaluated earlier under the same request: not evaluated again
};

struct LandscapeReport {
    std::vector<LandscapePoint> points; // by rising scale, the first axis slowest
    std::int64_t tokens = 0;            // counted per point
    int evaluated = 0;                  // by this call, the known ones left out
};

// Gets each evaluated point before the next is begun, to keep it; an error ends the landscape.
using LandscapeSink = std::function<Result<void>(const LandscapePoint&)>;

[[nodiscard]] Outcome<LandscapeReport> measureLandscape(LanguageModel& model, const Corpus& corpus,
                                                        const LandscapeRequest& request, const LandscapeSink& sink,
                                                        const RunControl& control);

// The base with the axes' segments scaled: the factor set evaluated at a point.
[[nodiscard]] FactorSet factorsAt(const LandscapeRequest& request, const std::vector<double>& scale);

} // namespace ropescope
