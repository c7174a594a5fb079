// A landscape in a study: every point before the next, and nothing evaluated twice.
#include "engine/session/kept_landscape.h"

#include "engine/session/window_scorer.h"
#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

LandscapeRequest requestOf(int axes) {
    LandscapeRequest request;
    request.base = test::factorsOf(2);
    request.axes = {{{0, 1}, {0.5, 4, AxisSpacing::logarithmic}}};
    request.points = 13;
    if (axes == 2) {
        request.axes.push_back({{1, 2}, {0.5, 2, AxisSpacing::linear}});
        request.points = 5;
    }
    request.length = 4096; // two at a time
    return request;
}

struct Bench {
    Bench() {
        auto opened = Study::openOrCreate(path);
        REQUIRE(opened);
        study = std::make_unique<Study>(std::move(*opened));
    }
    Outcome<LandscapeReport> measure(const LandscapeRequest& request, const RunControl& control = {}) {
        shown.clear();
        const LandscapeSink sink = [this](const LandscapePoint& point) -> Result<void> {
            shown.push_back(point);
            return {};
        };
        return measureKeptLandscape(*study, model, test::corpusOf({5000}), request, sink, control);
    }
    void reopen() {
        study.reset();
        study = std::make_unique<Study>(Study::openOrCreate(path).value());
    }

    test::TemporaryFolder folder;
    std::filesystem::path path = folder.path() / "a.ropescope";
    std::unique_ptr<Study> study;
    test::FakeModel model;
    std::vector<LandscapePoint> shown; // by the last call
};

std::size_t pointsIn(const std::filesystem::path& path) {
    const auto contents = readStudy(path);
    return contents && contents->probe(1) ? std::get<LandscapeProbe>(contents->probe(1)->result).report.points.size()
                                          : 0;
}

} // namespace

TEST_CASE("a landscape stopped anywhere goes on without evaluating a point twice") {
    const int axes = GENERATE(1, 2);
    const LandscapeRequest request = requestOf(axes);
    test::FakeModel uninterrupted;
    const auto whole = measureLandscape(uninterrupted, test::corpusOf({5000}), request, {}, {});
    REQUIRE(std::holds_alternative<LandscapeReport>(whole));
    const auto& expected = std::get<LandscapeReport>(whole);

    Bench bench;
    int evaluated = 0;
    bool behind = false;
    Outcome<LandscapeReport> outcome = Cancelled{};
    for (int stops = 0; stops < 30 && std::holds_alternative<Cancelled>(outcome); ++stops) {
        std::stop_source stop;
        int left = 2 + stops % 5;
        const std::size_t before = pointsIn(bench.path);
        int calls = 0;
        bench.model.beforeForward = [&] {
            // What another process would read: all points but those of the batch under way.
            behind = behind || pointsIn(bench.path) + 1 < before + static_cast<std::size_t>(calls);
            ++calls;
            if (--left <= 0)
                stop.request_stop();
        };
        const int sequences = bench.model.sequences;
        outcome = bench.measure(request, {stop.get_token(), {}});
        if (stops == 0)
            CHECK(std::holds_alternative<Cancelled>(outcome));
        evaluated += static_cast<int>(pointsIn(bench.path) - before);
        CHECK(bench.model.sequences - sequences <= static_cast<int>(pointsIn(bench.path) - before) + 1);
        bench.reopen();
    }
    CHECK_FALSE(behind);
    REQUIRE(std::holds_alternative<LandscapeReport>(outcome));
    const auto& report = std::get<LandscapeReport>(outcome);
    CHECK(report.points == expected.points);
    CHECK(report.tokens == expected.tokens);
    CHECK(report.tokens == 4095);
    CHECK(evaluated == static_cast<int>(expected.points.size()));
    const auto contents = readStudy(bench.path);
    REQUIRE(contents->probes.size() == 1);
    const auto& kept = std::get<LandscapeProbe>(contents->probes[0].result);
    CHECK(kept.finished);
    CHECK(kept.report.points == expected.points);
    CHECK(kept.report.tokens == expected.tokens);

    // Asked again, it costs nothing; another request is another landscape.
    bench.model.beforeForward = nullptr;
    bench.model.sequences = 0;
    const auto again = bench.measure(request);
    CHECK(std::get<LandscapeReport>(again).points == expected.points);
    CHECK(std::get<LandscapeReport>(again).evaluated == 0);
    CHECK(bench.shown == expected.points);
    CHECK(bench.model.sequences == 0);
    LandscapeRequest other = request;
    other.base.factors[0] = 3;
    CHECK(std::get<LandscapeReport>(bench.measure(other)).evaluated == static_cast<int>(expected.points.size()));
    CHECK(bench.shown.size() == expected.points.size());
    CHECK(bench.study->contents().probes.size() == 2);
}

TEST_CASE("a landscape that can't be measured leaves nothing in the study") {
    Bench bench;
    LandscapeRequest request = requestOf(1);
    request.length = 6000;
    CHECK(std::holds_alternative<Error>(bench.measure(request)));
    request = requestOf(1);
    request.axes[0].pairs.end = 3;
    CHECK(std::holds_alternative<Error>(bench.measure(request)));
    CHECK(bench.study->contents().probes.empty());
}

TEST_CASE("a window's scorer gives the perplexity of its tokens, alone, together and with a gradient") {
    test::FakeModel model;
    const std::vector<TokenId> ids{3, 1, 4, 1, 5};
    WindowScorer scorer(model, ids, FullAttention{});
    const auto expected = [&](double factor) {
        double sum = 0;
        for (std::size_t position = 1; position < ids.size(); ++position)
            sum += test::FakeModel::nll(ids[position], position, test::factorsOf(factor));
        return std::exp(sum / 4);
    };
    std::vector<Candidate> candidates(3);
    for (std::size_t index = 0; index < 3; ++index)
        candidates[index].factors = {static_cast<double>(1 + 100 * index), 1};
    auto outcome = scorer.score(candidates, {});
    REQUIRE(std::holds_alternative<std::vector<ScoredCandidate>>(outcome));
    CHECK(model.calls == 1); // one batch
    for (std::size_t index = 0; index < 3; ++index) {
        const ScoredCandidate& scored = std::get<0>(outcome)[index];
        CHECK(scored.score.perplexity == Approx(expected(candidates[index].factors[0])));
        CHECK_FALSE(scored.score.gradient);
        CHECK(scored.seconds >= 0);
    }
    candidates[1].wantsGradient = true;
    outcome = scorer.score(candidates, {});
    REQUIRE(std::holds_alternative<std::vector<ScoredCandidate>>(outcome));
    const Score& score = std::get<0>(outcome)[1].score;
    CHECK(score.perplexity == Approx(expected(101)));
    REQUIRE(score.gradient);
    CHECK(score.gradient->byLogFactor[0] == Approx(101 * (1 + 2 + 3 + 4) / 4.0 / 1000));
    CHECK(score.gradient->byAttentionFactor == 0.25);

    candidates[1].wantsGradient = false;
    std::stop_source stop;
    stop.request_stop();
    CHECK(std::holds_alternative<Cancelled>(scorer.score(candidates, {stop.get_token(), {}})));
    model.error = failure("out of memory");
    outcome = scorer.score(candidates, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).message == "out of memory");
}
