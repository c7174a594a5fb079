// One probe result of each kind, with numbers that no text form would keep by chance.
#pragma once

#include <cmath>
#include <limits>

#include "engine/study/study_probes.h"

namespace ropescope::test {

inline const double nan = std::numeric_limits<double>::quiet_NaN();
inline const double infinity = std::numeric_limits<double>::infinity();
inline const FactorSet thirds{{1.0 / 3, 2, 1e-300, 4}, 1.1386294361119891, "thirds \"quoted\""};
inline const FactorSet ones{{1, 1, 1, 1}, 1, "none"};
inline const AttentionForm lambda = LambdaAttention{.window = 256, .starting = 7, .topK = 5, .topKFromLayer = 3};

inline PerplexityProbe perplexityProbe() {
    PerplexityProbe probe;
    probe.request = {.cases = {{thirds, 8}, {ones, 5}},
                     .protocol = SlidingProtocol{3},
                     .averaging = Averaging::byWindow,
                     .beginOfText = 2,
                     .attention = lambda};
    PerplexityResult result;
    result.factors = thirds;
    result.length = 8;
    result.nll = {0.1 + 0.2, nan, 9, 1};
    result.perplexity = infinity;
    result.tokensFed = 1LL << 40;
    result.seconds = 1.0 / 7;
    result.peakMemoryBytes = 123;
    result.shortDocuments = 4;
    result.windows = {{0, 0, 8, 0}, {3, 3, 11, 8}};
    result.tokenNll = {{0.1F, 0.2F, std::numeric_limits<float>::quiet_NaN()}, {1e-30F}};
    probe.results = {result, result};
    probe.results[1].factors = ones;
    return probe;
}

inline PasskeyProbe passkeyProbe() {
    PasskeyProbe probe;
    probe.request.cases = {{thirds, 100}, {ones, 200}};
    probe.request.style = ExactPrompts{{0, 1.0 / 3}, 3, 5};
    probe.request.chat = {"<s>", "\n"};
    probe.request.trials = 3;
    probe.request.seed = std::numeric_limits<std::uint64_t>::max();
    probe.request.newTokens = 4;
    probe.request.stopAt = 0.9;
    PasskeyCell cell;
    cell.index = 1;
    cell.length = 200;
    cell.depth = 1.0 / 3;
    cell.trials = 2;
    cell.correct = 1;
    cell.interval = wilson95(1, 2);
    cell.answers = {{4, " 4.\xe2\x82\xac", 199, true}, {5, "", 200, false}};
    probe.report.cells = {cell, cell};
    probe.report.cells[1].depth.reset();
    probe.report.seconds = 0.3;
    probe.report.tokensFed = 5;
    probe.report.tokensWithoutCache = 6;
    return probe;
}

inline LandscapeProbe landscapeProbe() {
    LandscapeProbe probe;
    probe.request.base = thirds;
    probe.request.axes = {{{0, 2}, {0.1, 10, AxisSpacing::logarithmic}}, {{3, 4}, {0.5, 2, AxisSpacing::linear}}};
    probe.request.points = 9;
    probe.request.length = 64;
    probe.request.windowLimit = 0;
    probe.request.attention = LambdaMaskAttention{.window = 32, .starting = 4};
    return probe;
}

inline SensitivityProbe sensitivityProbe() {
    SensitivityProbe probe;
    probe.request.factors = ones;
    probe.request.length = 64;
    probe.request.distance = 1.0 / 3;
    probe.report = {3.5, {nan, -0.0, 1e300, 1.0 / 3}, {infinity, -infinity, 0, 5e-324}, -0.25, 64, 1};
    return probe;
}

inline ComparisonProbe comparisonProbe() {
    ComparisonProbe probe;
    probe.request.factorSets = {thirds, ones};
    probe.request.length = 64;
    probe.request.windowLimit = 2;
    probe.report = compareNlls({thirds, ones}, {{{1, 2, 3}, {4, 5, 6}}, {{1, 2, 2}, {4, 4, 6.5F}}});
    return probe;
}

} // namespace ropescope::test
