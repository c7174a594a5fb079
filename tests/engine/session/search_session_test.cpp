#include "engine/session/search_session.h"

#include <set>

#include "tests/engine/session/formula_scorer.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

constexpr int pairs = 8;
// 5 increments on 2 + 4 + 8 segments.
constexpr int evaluations = 5 * (2 + 4 + 8);

StudySearch searchOf(MethodOptions method, int batch = 1) {
    StudySearch search;
    search.settings.method = std::move(method);
    for (int pair = 0; pair < pairs; ++pair)
        search.settings.start.factors.push_back(1 + pair / 4.0); // exact in float32 too, which DCIS stores
    search.settings.start.origin = "test";
    search.targetLength = 64;
    search.batch = batch;
    return search;
}

DcisOptions published() {
    DcisOptions options;
    options.increments = 5;
    options.range = 1.25;
    return options;
}

// A study in a folder of its own, with its search begun.
struct Bench {
    explicit Bench(const StudySearch& search = searchOf(published())) {
        auto opened = Study::openOrCreate(path());
        REQUIRE(opened);
        study = std::make_unique<Study>(std::move(*opened));
        REQUIRE(study->beginSearch({"model", "1", "", {}}, {"text", "2", 64}, search));
    }
    [[nodiscard]] std::filesystem::path path() const { return folder.path() / "a.ropescope"; }
    [[nodiscard]] SearchSession session() {
        auto opened = SearchSession::open(*study, scorer);
        INFO((opened ? std::string() : opened.error().message));
        REQUIRE(opened);
        return std::move(*opened);
    }
    void reopen() {
        study.reset();
        study = std::make_unique<Study>(Study::open(path()).value());
    }

    test::TemporaryFolder folder;
    std::unique_ptr<Study> study;
    test::FormulaScorer scorer;
};

PauseReason advance(SearchSession& session, Extent extent, const PauseConditions& pause = {}) {
    const auto outcome = session.advance(extent, pause, {});
    if (const auto* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<PauseReason>(outcome));
    return std::get<PauseReason>(outcome);
}

std::vector<double> uninterrupted(const StudySearch& search) {
    Bench bench(search);
    SearchSession session = bench.session();
    CHECK(advance(session, Extent::end) == PauseReason::finished);
    return session.run().method().current();
}

} // namespace

TEST_CASE("a search runs to its end with every evaluation in the study before the next") {
    Bench bench;
    SearchSession session = bench.session();
    bool behind = false;
    int before = 0;
    bench.scorer.beforeScore = [&] {
        // What another process would read at this moment; vectors known already cost no call but are stored too.
        const auto stored = readStudy(bench.path());
        behind = behind || !stored || static_cast<int>(stored->events.size()) < before;
        before = stored ? static_cast<int>(stored->events.size()) + 1 : 0;
    };
    CHECK(advance(session, Extent::end) == PauseReason::finished);
    CHECK_FALSE(behind);
    CHECK(session.run().evaluations() == evaluations);
    CHECK(session.run().evaluationsRun() == bench.scorer.scored);
    CHECK(static_cast<int>(bench.study->contents().events.size()) == evaluations);
    std::set<std::vector<double>> distinct;
    for (const StudyEvent& event : bench.study->contents().events)
        distinct.insert(std::get<StudyEvaluation>(event.what).candidate.factors);
    CHECK(static_cast<int>(distinct.size()) == bench.scorer.scored);
    CHECK(session.seconds() == 0.5 * bench.scorer.scored);
    CHECK(session.secondsPerEvaluation() == 0.5);
    CHECK_FALSE(session.next());
}

TEST_CASE("stopped anywhere and resumed, a search ends at the same vector") {
    const int batch = GENERATE(1, 3);
    const StudySearch search = searchOf(published(), batch);
    const auto expected = uninterrupted(search);
    Bench bench(search);
    for (int stops = 0; stops < 30; ++stops) {
        std::stop_source stop;
        int left = 1 + stops % 7;
        bench.scorer.beforeScore = [&] {
            if (--left <= 0)
                stop.request_stop();
        };
        SearchSession session = bench.session();
        const auto outcome = session.advance(Extent::end, {}, {stop.get_token(), {}});
        if (!std::holds_alternative<Cancelled>(outcome))
            break;
        bench.reopen();
    }
    bench.scorer.beforeScore = nullptr;
    SearchSession session = bench.session();
    CHECK(advance(session, Extent::end) == PauseReason::finished);
    CHECK(session.run().method().current() == expected);
    CHECK(session.run().evaluations() == evaluations);
}

TEST_CASE("a finished search is not scored again") {
    Bench bench;
    {
        SearchSession session = bench.session();
        advance(session, Extent::end);
    }
    bench.reopen();
    bench.scorer.scored = 0;
    SearchSession session = bench.session();
    CHECK(advance(session, Extent::end) == PauseReason::finished);
    CHECK(bench.scorer.scored == 0);
}

TEST_CASE("steps go by candidate, segment and level") {
    Bench bench;
    SearchSession session = bench.session();
    CHECK(advance(session, Extent::candidate) == PauseReason::extent);
    CHECK(session.run().evaluations() == 1);
    CHECK(advance(session, Extent::segment) == PauseReason::extent);
    CHECK(session.run().evaluations() == 5);
    CHECK(session.run().method().decisions().size() == 1);
    CHECK(advance(session, Extent::level) == PauseReason::extent);
    CHECK(session.run().evaluations() == 10);
    CHECK(session.next()->level == 2);
    CHECK(advance(session, Extent::level) == PauseReason::extent);
    CHECK(session.run().evaluations() == 30);
    CHECK(advance(session, Extent::level) == PauseReason::finished);
}

TEST_CASE("a run pauses where it was told to") {
    Bench bench;
    SearchSession session = bench.session();
    SECTION("at a segment") {
        CHECK(advance(session, Extent::end, {.atSegment = true, .gainAbove = {}}) == PauseReason::segment);
        CHECK(session.run().method().decisions().size() == 1);
    }
    SECTION("at a level") {
        CHECK(advance(session, Extent::end, {.atLevel = true, .gainAbove = {}}) == PauseReason::level);
        CHECK(session.run().method().decisions().size() == 2);
    }
    SECTION("on a gain") {
        CHECK(advance(session, Extent::end, {.gainAbove = 0.0}) == PauseReason::gain);
        const Decision& last = session.run().method().decisions().back();
        CHECK(*last.scoreBefore > *last.scoreAfter);
        CHECK(advance(session, Extent::end, {.gainAbove = 1e9}) == PauseReason::finished);
    }
    SECTION("on an invalid candidate") {
        int count = 0;
        bench.scorer.formula = [&](const std::vector<double>& factors) {
            return ++count == 4 ? std::nan("") : test::FormulaScorer::bowl(factors);
        };
        CHECK(advance(session, Extent::end, {.gainAbove = {}, .atInvalid = true}) == PauseReason::invalid);
        CHECK(session.run().evaluations() == 4);
    }
}

TEST_CASE("a person goes back, changes something on a branch, and returns") {
    Bench bench;
    SearchSession session = bench.session();
    advance(session, Extent::end);
    const auto first = session.run().method().current();
    const int scored = bench.scorer.scored;

    const auto past = session.stateAt(12);
    REQUIRE(past);
    CHECK(past->evaluations() == 12);
    CHECK(session.run().finished());

    REQUIRE(session.branchFrom(12, "wide"));
    CHECK(session.branch() == "wide");
    CHECK(session.run().evaluations() == 12);
    REQUIRE(session.apply(ReplaceVector{std::vector<double>(pairs, 2.0), std::nullopt}));
    REQUIRE(session.apply(LockPairs{{0}}));
    REQUIRE(session.apply(SetWindow{{-3, 3}}));
    advance(session, Extent::end);
    CHECK(session.run().method().current()[0] == 2.0);
    const auto second = session.run().method().current();
    CHECK(second != first);
    CHECK(bench.scorer.scored > scored);

    // A branch without a change costs nothing: all its vectors are known.
    bench.scorer.scored = 0;
    REQUIRE(session.branchFrom(20, "same"));
    advance(session, Extent::end);
    CHECK(bench.scorer.scored == 0);
    CHECK(session.run().method().current() == first);

    bench.reopen();
    SearchSession again = bench.session();
    CHECK(again.branch() == "same");
    REQUIRE(again.switchTo("wide"));
    CHECK(again.run().finished());
    CHECK(again.run().method().current() == second);
    REQUIRE(again.switchTo("main"));
    CHECK(again.run().method().current() == first);
    CHECK_FALSE(again.switchTo("none"));
    CHECK_FALSE(again.branchFrom(99999, "x"));
    CHECK_FALSE(again.stateAt(99999));
}

TEST_CASE("an edit that the method refuses is not stored") {
    Bench bench;
    SearchSession session = bench.session();
    advance(session, Extent::candidate);
    CHECK_FALSE(session.apply(ReplaceVector{{1, 2}, std::nullopt}));
    CHECK(bench.study->contents().events.size() == 1);
    REQUIRE(session.apply(ReplaceVector{std::vector<double>(pairs, 2.0), std::nullopt}));
    CHECK(bench.study->contents().events.size() == 2);
    bench.reopen();
    SearchSession again = bench.session();
    CHECK(again.run().method().current() == std::vector<double>(pairs, 2.0));
}

TEST_CASE("progress rises to its total") {
    Bench bench;
    SearchSession session = bench.session();
    std::vector<Progress> seen;
    const RunControl control{{}, [&](const Progress& progress) { seen.push_back(progress); }};
    REQUIRE(std::holds_alternative<PauseReason>(session.advance(Extent::end, {}, control)));
    REQUIRE_FALSE(seen.empty());
    for (std::size_t index = 1; index < seen.size(); ++index) {
        CHECK(seen[index].done >= seen[index - 1].done);
        CHECK(seen[index].done <= seen[index].total);
    }
    CHECK(seen.front().done == 0);
    CHECK(seen.back().done == evaluations);
    CHECK(seen.back().total == evaluations);
    CHECK(seen.back().unit == "evaluations");
}

TEST_CASE("a model that gives NaN throughout is named after the first level") {
    Bench bench;
    SearchSession session = bench.session();
    bench.scorer.formula = [](const std::vector<double>&) { return std::nan(""); };
    const auto outcome = session.advance(Extent::end, {}, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).kind == ErrorKind::failed);
    CHECK(std::get<Error>(outcome).message.find("finite perplexity") != std::string::npos);
    CHECK(session.run().evaluations() == 10);
}

TEST_CASE("references are scored once and shared with the search") {
    Bench bench(searchOf(SafeDcisOptions{}));
    SearchSession session = bench.session();
    const FactorSet start = bench.study->contents().search->settings.start;
    const double initial = std::get<double>(session.scoreReference("initial", start, {}));
    CHECK(initial == test::FormulaScorer::bowl(start.factors));
    CHECK(std::get<double>(session.scoreReference("initial", start, {})) == initial);
    CHECK(std::get<double>(session.scoreReference("again", start, {})) == initial);
    CHECK(bench.scorer.scored == 1);
    advance(session, Extent::candidate); // safe mode scores its start first
    CHECK(bench.scorer.scored == 1);
    CHECK(bench.study->contents().references.size() == 2);
    const auto found = session.found({});
    REQUIRE(std::holds_alternative<FoundFactors>(found));
    CHECK(std::get<FoundFactors>(found).perplexity == initial);
    CHECK(std::get<FoundFactors>(found).set.factors == start.factors);
}

TEST_CASE("a scorer's failure ends the step and keeps what was scored") {
    class Failing final : public CandidateScorer {
    public:
        [[nodiscard]] Outcome<std::vector<ScoredCandidate>> score(std::span<const Candidate> candidates,
                                                                  const RunControl& control) override {
            if (++m_calls == 4)
                return failure("out of memory");
            return m_inner.score(candidates, control);
        }

    private:
        test::FormulaScorer m_inner;
        int m_calls = 0;
    };
    Bench bench;
    Failing scorer;
    auto session = SearchSession::open(*bench.study, scorer);
    REQUIRE(session);
    const auto outcome = session->advance(Extent::end, {}, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).message == "out of memory");
    CHECK(bench.study->contents().events.size() == 3);
    CHECK(advance(*session, Extent::end) == PauseReason::finished);
}
