// A small search on a formula, stored step by step as a session does it.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "engine/search/search_run.h"
#include "engine/study/study.h"
#include "tests/support/catch.h"

namespace ropescope::test {

inline StudySearch sampleSearch(int pairs = 4) {
    StudySearch search;
    DcisOptions options;
    options.increments = 5;
    options.range = 1.25;
    search.settings.method = options;
    for (int pair = 0; pair < pairs; ++pair)
        search.settings.start.factors.push_back(1 + pair / 3.0);
    search.settings.start.attentionFactor = 1.1386294361119891;
    search.settings.start.origin = "yarn:4";
    search.targetLength = 1024;
    search.attention = LambdaAttention{.window = 256, .starting = 10, .topK = 0, .topKFromLayer = 4};
    search.batch = 2;
    return search;
}

inline const StudyModel sampleModel{"models/some", "aa11", "llama, 4 layers", {64, 64, 10000, 256}};
inline const StudyText sampleText{"some.txt", "bb22", 4096};

// NaN in a corner, as a model may give.
inline double formulaScore(const std::vector<double>& factors) {
    double sum = 10;
    for (std::size_t pair = 0; pair < factors.size(); ++pair)
        sum += std::pow(factors[pair] - 1.7 - 0.31 * static_cast<double>(pair), 2);
    return factors[0] > 2.1 ? std::numeric_limits<double>::quiet_NaN() : sum;
}

// The next scoring of the run as the study stores it.
inline Study::NewEvent nextEvent(SearchRun& run) {
    const std::size_t decided = run.method().decisions().size();
    StudyEvaluation evaluation;
    const auto wanted = run.method().wanted();
    REQUIRE_FALSE(wanted.empty());
    evaluation.reused = run.answerKnown(1).value() != 0;
    if (!evaluation.reused) {
        const Candidate next = run.toRun().front();
        evaluation.seconds = 0.125;
        REQUIRE(run.tell(next.id, {formulaScore(next.factors), std::nullopt}));
    }
    const auto& scored = std::get<Scored>(run.events().back());
    evaluation.candidate = *std::ranges::find(wanted, scored.candidate, &Candidate::id);
    evaluation.score = scored.score;
    const auto& decisions = run.method().decisions();
    return {evaluation, {decisions.begin() + static_cast<std::ptrdiff_t>(decided), decisions.end()}};
}

inline SearchRun startRun(const StudySearch& search) {
    return SearchRun::start(search.settings, std::make_shared<ScoreMemo>()).value();
}

// A study of `evaluations` scorings; closed again.
inline void writeSample(const std::filesystem::path& path, int evaluations) {
    auto study = Study::openOrCreate(path);
    REQUIRE(study);
    REQUIRE(study->beginSearch(sampleModel, sampleText, sampleSearch()));
    SearchRun run = startRun(sampleSearch());
    for (int count = 0; count < evaluations; ++count) {
        const Study::NewEvent event = nextEvent(run);
        REQUIRE(study->append(firstBranch, {&event, 1}));
    }
}

} // namespace ropescope::test
