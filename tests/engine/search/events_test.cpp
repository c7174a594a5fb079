// Settings and events are the whole state: replaying, branching and the memo.
#include <cmath>
#include <map>
#include <set>

#include "engine/search/search_run.h"
#include "tests/engine/search/fake_scores.h"

using namespace ropescope;
using namespace ropescope::test;

namespace {

using Vector = std::pair<std::vector<double>, double>;

SearchRun started(const SearchSettings& settings, const std::shared_ptr<ScoreMemo>& memo) {
    auto run = SearchRun::start(settings, memo);
    REQUIRE(run.has_value());
    return std::move(*run);
}

// Clamps often, so that many candidates are identical; counts how often each vector is really scored.
struct CountingScorer {
    std::map<Vector, int> times;

    Score operator()(const Candidate& candidate) {
        ++times[{candidate.factors, candidate.attentionFactor}];
        return Score{wildScore(candidate, 0.35)};
    }
};

void drive(SearchRun& run, CountingScorer& scorer, int steps) {
    for (int step = 0; step < steps && !run.finished(); ++step) {
        const auto answered = run.answerKnown(1);
        REQUIRE(answered.has_value());
        if (*answered > 0)
            continue;
        const Candidate next = run.toRun().front();
        REQUIRE(run.tell(next.id, scorer(next)).has_value());
    }
}

void checkSame(const SearchMethod& a, const SearchMethod& b) {
    CHECK(a.current() == b.current());
    CHECK(a.attentionFactor() == b.attentionFactor());
    CHECK(a.evaluations() == b.evaluations());
    CHECK(a.evaluationsLeft() == b.evaluationsLeft());
    CHECK(a.decisions().size() == b.decisions().size());
    CHECK(a.lockedPairs() == b.lockedPairs());
    const auto left = a.wanted();
    const auto right = b.wanted();
    REQUIRE(left.size() == right.size());
    for (std::size_t index = 0; index < left.size(); ++index) {
        CHECK(left[index].id == right[index].id);
        CHECK(left[index].factors == right[index].factors);
    }
}

// A run with every kind of event in it.
SearchRun eventful(const MethodOptions& options, CountingScorer& scorer) {
    auto run = started({options, startOf(8, 1.5)}, std::make_shared<ScoreMemo>());
    drive(run, scorer, 17);
    REQUIRE(run.apply(LockPairs{{3}}).has_value());
    drive(run, scorer, 9);
    REQUIRE(run.apply(SkipSegment{}).has_value());
    drive(run, scorer, 4);
    REQUIRE(run.apply(ReplaceVector{{1, 1, 1, 1, 2, 2, 2, 2}, std::nullopt}).has_value());
    drive(run, scorer, 15);
    REQUIRE(run.apply(SetWindow{{-1, 2}}).has_value());
    REQUIRE(run.apply(SetAttentionFactor{1.2}).has_value());
    drive(run, scorer, 21);
    return run;
}

} // namespace

TEST_CASE("An identical vector is never scored twice, and both counts are kept") {
    const MethodOptions options = GENERATE(MethodOptions(DcisOptions{}), MethodOptions(SafeDcisOptions{}));
    CountingScorer scorer;
    auto run = started({options, startOf(16, 1)}, std::make_shared<ScoreMemo>());
    drive(run, scorer, 100000);
    CHECK(run.finished());
    for (const auto& [vector, times] : scorer.times)
        CHECK(times == 1);
    CHECK(run.evaluationsRun() == static_cast<std::int64_t>(scorer.times.size()));
    CHECK(run.evaluationsRun() < run.evaluations()); // start 1, range 5: many increments clamp alike
    const bool safe = std::holds_alternative<SafeDcisOptions>(options);
    CHECK(run.evaluations() == 10 * 30 + (safe ? 1 : 0));
}

TEST_CASE("The memo changes no decision") {
    CountingScorer scorer;
    auto run = started({DcisOptions{}, startOf(16, 1)}, std::make_shared<ScoreMemo>());
    drive(run, scorer, 100000);
    auto plain = makeSearchMethod({DcisOptions{}, startOf(16, 1)});
    REQUIRE(plain.has_value());
    finish(**plain, [](const Candidate& candidate) { return wildScore(candidate, 0.35); });
    checkSame(run.method(), **plain);
}

TEST_CASE("Replaying the events gives the same state, from any event on") {
    const MethodOptions options = GENERATE(MethodOptions(DcisOptions{}), MethodOptions(SafeDcisOptions{}));
    CountingScorer scorer;
    auto run = eventful(options, scorer);
    const auto replayed = replayEvents(run.settings(), run.events());
    REQUIRE(replayed.has_value());
    checkSame(run.method(), **replayed);

    drive(run, scorer, 100000);
    const auto all = run.events();
    for (std::size_t cut = 0; cut <= all.size(); cut += 7) {
        auto branch = run.branch(cut);
        REQUIRE(branch.has_value());
        // The rest of the events brings it to the same end.
        for (std::size_t index = cut; index < all.size(); ++index) {
            if (const auto* scored = std::get_if<Scored>(&all[index]))
                REQUIRE(branch->tell(scored->candidate, scored->score).has_value());
            else
                std::visit(
                    [&](const auto& edit) {
                        if constexpr (!std::is_same_v<std::decay_t<decltype(edit)>, Scored>)
                            REQUIRE(branch->apply(edit).has_value());
                    },
                    all[index]);
        }
        checkSame(run.method(), branch->method());
    }
    for (const auto& [vector, times] : scorer.times)
        CHECK(times == 1);
}

TEST_CASE("A branch without a change runs on the memo alone, one with a change runs what is new") {
    CountingScorer scorer;
    auto run = started({DcisOptions{}, startOf(8, 1)}, std::make_shared<ScoreMemo>());
    drive(run, scorer, 100000);
    auto same = run.branch(10);
    REQUIRE(same.has_value());
    const auto scored = scorer.times.size();
    drive(*same, scorer, 100000);
    CHECK(scorer.times.size() == scored);
    checkSame(run.method(), same->method());
    auto other = run.branch(10);
    REQUIRE(other.has_value());
    REQUIRE(other->apply(SetWindow{{-0.3, 0.3}}).has_value());
    drive(*other, scorer, 100000);
    CHECK(other->finished());
    CHECK(scorer.times.size() > scored);
    for (const auto& [vector, times] : scorer.times)
        CHECK(times == 1);
    CHECK(!run.branch(run.events().size() + 1));
}

TEST_CASE("A resumed run ends where the uninterrupted one ends") {
    CountingScorer scorer;
    auto whole = started({SafeDcisOptions{}, startOf(8, 1)}, std::make_shared<ScoreMemo>());
    drive(whole, scorer, 100000);
    CountingScorer again;
    auto first = started({SafeDcisOptions{}, startOf(8, 1)}, std::make_shared<ScoreMemo>());
    drive(first, again, 33);
    auto second = SearchRun::resume(first.settings(), first.events(), std::make_shared<ScoreMemo>());
    REQUIRE(second.has_value());
    CHECK(second->evaluationsRun() == first.evaluationsRun());
    drive(*second, again, 100000);
    checkSame(whole.method(), second->method());
    CHECK(second->evaluationsRun() == whole.evaluationsRun());
    for (const auto& [vector, times] : again.times)
        CHECK(times == 1);
}

TEST_CASE("A clone goes its own way") {
    CountingScorer scorer;
    auto run = eventful(DcisOptions{}, scorer);
    const auto before = run.method().current();
    const auto clone = run.method().clone();
    checkSame(run.method(), *clone);
    finish(*clone, bowl);
    CHECK(clone->finished());
    CHECK(!run.finished());
    CHECK(run.method().current() == before);
}

TEST_CASE("Events that don't fit are refused with their place") {
    const auto replayed =
        replayEvents({DcisOptions{}, startOf(4)}, std::vector<SearchEvent>{Scored{0, {5}}, Scored{0, {5}}});
    REQUIRE(!replayed);
    CHECK(replayed.error().message.find("event 2 of 2") != std::string::npos);
}

TEST_CASE("A score fits the vector that it was measured for and no other") {
    const SearchSettings settings{DcisOptions{}, startOf(4)};
    const auto method = makeSearchMethod(settings);
    REQUIRE(method);
    Candidate scored = (*method)->wanted().front();
    const auto replayed = [&](const Candidate& vector) {
        const std::vector<SearchEvent> events(1, Scored{scored.id, Score{5}, false, vectorPrint(vector)});
        return replayEvents(settings, events);
    };
    CHECK(replayed(scored).has_value());
    scored.factors[1] = std::nextafter(scored.factors[1], 100.0); // another machine's rounding
    CHECK(replayed(scored).has_value());
    scored.factors[1] *= 1.000001;
    const auto other = replayed(scored);
    REQUIRE(!other);
    CHECK(other.error().message.find("another vector") != std::string::npos);
    scored = (*method)->wanted().front();
    scored.attentionFactor += 0.001;
    CHECK(!replayed(scored));
}

TEST_CASE("The memo tells gradients from plain scores") {
    ScoreMemo memo;
    Candidate candidate;
    candidate.factors = {1, -0.0};
    memo.remember(ScoredVector(candidate), Score{5});
    candidate.factors = {1, 0.0};
    CHECK(memo.find(candidate)->perplexity == 5);
    candidate.wantsGradient = true;
    CHECK(!memo.find(candidate));
    memo.remember(ScoredVector(candidate), Score{5, FactorGradient{{0.1, 0.2}, 0.3}});
    memo.remember(ScoredVector(candidate), Score{5});
    REQUIRE(memo.find(candidate).has_value());
    CHECK(memo.find(candidate)->gradient->byAttentionFactor == 0.3);
    candidate.attentionFactor = 2;
    CHECK(!memo.find(candidate));
}
