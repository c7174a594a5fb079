// What holds for every search over the segment tree, whatever the scores.
#include <algorithm>
#include <set>

#include "engine/search/settings.h"
#include "tests/engine/search/fake_scores.h"

using namespace ropescope;
using namespace ropescope::test;

namespace {

std::unique_ptr<SearchMethod> make(const MethodOptions& options, const FactorSet& start) {
    auto made = makeSearchMethod({options, start});
    REQUIRE(made.has_value());
    return std::move(*made);
}

std::size_t segments(std::size_t pairs) {
    return pairs == 1 ? 1 : 2 * pairs - 2; // a binary tree's nodes without its root
}

std::unique_ptr<SearchMethod> halfway(const MethodOptions& options, std::size_t pairs, int tells) {
    auto search = make(options, startOf(pairs));
    for (int told = 0; told < tells; ++told) {
        const Candidate next = search->wanted().front();
        REQUIRE(search->tell(next.id, Score{bowl(next)}).has_value());
    }
    return search;
}

} // namespace

TEST_CASE("DCIS asks increments times segments, for any number of pairs") {
    const auto pairs = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, std::size_t{20},
                                std::size_t{40}, std::size_t{64});
    const auto increments = GENERATE(2, 5, 10);
    DcisOptions options;
    options.increments = increments;
    auto search = make(options, startOf(pairs));
    const auto planned = search->evaluationsLeft();
    finish(*search, [](const Candidate& candidate) { return wildScore(candidate, 0.25); });
    const auto expected = static_cast<std::int64_t>(segments(pairs)) * increments;
    CHECK(planned == expected);
    CHECK(search->evaluations() == expected);
    CHECK(search->evaluationsLeft() == 0);
    CHECK(search->decisions().size() == segments(pairs));
    CHECK(search->wanted().empty());

    SafeDcisOptions safe;
    safe.increments = increments;
    auto careful = make(safe, startOf(pairs));
    CHECK(careful->evaluationsLeft() == expected + 1);
    finish(*careful, [](const Candidate& candidate) { return wildScore(candidate, 0.25); });
    CHECK(careful->evaluations() == expected + 1);
}

TEST_CASE("Every level covers every pair once, or as a half of a segment wider than one") {
    const auto pairs = GENERATE(1, 3, 7, 40, 64);
    const auto tree = make(DcisOptions{}, startOf(static_cast<std::size_t>(pairs)))->tree();
    std::set<int> single;
    for (const auto& level : tree.levels) {
        int last = -1;
        for (const TreeSegment& node : level) {
            CHECK(node.segment.first > last);
            CHECK(node.segment.width() >= 1);
            last = node.segment.end - 1;
            if (node.segment.width() == 1)
                single.insert(node.segment.first);
        }
    }
    CHECK(single.size() == static_cast<std::size_t>(pairs));
    int covered = 0;
    for (const TreeSegment& node : tree.levels.front())
        covered += node.segment.width();
    CHECK(covered == pairs);
}

TEST_CASE("A decision's windows follow from its increments") {
    DcisOptions options;
    options.increments = 7;
    options.maxPerplexity = 30;
    auto search = make(options, startOf(12));
    finish(*search, [](const Candidate& candidate) { return wildScore(candidate, 0.5); });
    bool sawNone = false;
    for (const Decision& decision : search->decisions()) {
        const double step = (decision.window.high - decision.window.low) / 6;
        CHECK(decision.increments.front() == decision.window.low);
        CHECK(decision.increments.back() == Approx(decision.window.high).margin(1e-12));
        if (!decision.best) {
            sawNone = true;
            CHECK(decision.children == decision.window);
            continue;
        }
        const auto [low, high] = std::minmax_element(decision.top.begin(), decision.top.end());
        CHECK(decision.top.size() == static_cast<std::size_t>(std::min(3, decision.valid)));
        const double width = step * (*high - *low + 2);
        CHECK(decision.children.high - decision.children.low == Approx(width));
        CHECK(decision.children.low == Approx(step * (*low - *decision.best - 1)).margin(1e-12));
        for (const double score : decision.scores)
            CHECK(!(score < decision.scores[static_cast<std::size_t>(*decision.best)]));
    }
    CHECK(sawNone);
}

TEST_CASE("The order in which scores are told changes nothing") {
    const MethodOptions options = GENERATE(MethodOptions(DcisOptions{}), MethodOptions(SafeDcisOptions{}));
    auto forward = make(options, startOf(16));
    auto backward = make(options, startOf(16));
    finish(*forward, [](const Candidate& candidate) { return wildScore(candidate, 0.75); });
    while (!backward->finished()) {
        const Candidate last = backward->wanted().back();
        REQUIRE(backward->tell(last.id, Score{wildScore(last, 0.75)}).has_value());
    }
    CHECK(forward->current() == backward->current());
    CHECK(forward->decisions().size() == backward->decisions().size());
}

TEST_CASE("Safe mode never ends worse than the start and its score never rises") {
    const double salt = GENERATE(0.1, 0.2, 0.3, 0.4);
    auto search = make(SafeDcisOptions{}, startOf(16));
    double startScore = 0;
    std::optional<double> before;
    finish(*search, [&](const Candidate& candidate) {
        const double score = 5 + 120 * noise(candidate.factors, salt);
        if (candidate.level == 0)
            startScore = score;
        return score;
    });
    for (const Decision& decision : search->decisions()) {
        REQUIRE(decision.scoreAfter.has_value());
        if (before)
            CHECK(*decision.scoreAfter <= *before);
        before = decision.scoreAfter;
    }
    CHECK(*search->currentScore() <= startScore);
    // The score belongs to exactly the vector handed over.
    Candidate handed;
    handed.factors = search->result().factors;
    CHECK(5 + 120 * noise(handed.factors, salt) == *search->currentScore());
    CHECK(search->result().clamped == 0);
}

TEST_CASE("Safe mode leaves the start alone when nothing beats it") {
    auto search = make(SafeDcisOptions{}, startOf(8));
    finish(*search, [](const Candidate& candidate) { return candidate.level == 0 ? 4.0 : 4.0; });
    CHECK(search->current() == startOf(8).factors);
}

TEST_CASE("Safe mode's bound is relative to the start") {
    auto search = make(SafeDcisOptions{}, startOf(4));
    finish(*search, [](const Candidate& candidate) {
        return candidate.level == 0 ? 1000.0 : (candidate.increment > 0 ? 20000.0 : 900.0);
    });
    const Decision& first = search->decisions().front();
    CHECK(first.increments.size() == 11); // ten and the vector as it is
    CHECK(first.valid == 6);
    CHECK(*search->currentScore() == 900);
}

TEST_CASE("Locked pairs stay as they are") {
    const MethodOptions options = GENERATE(MethodOptions(DcisOptions{}), MethodOptions(SafeDcisOptions{}));
    auto search = make(options, startOf(16, 3));
    REQUIRE(search->apply(LockPairs{{2, 3, 8, 9, 15}}).has_value());
    finish(*search, [](const Candidate& candidate) {
        for (const int pair : {2, 3, 8, 9, 15})
            CHECK(candidate.factors[static_cast<std::size_t>(pair)] == 3);
        return wildScore(candidate, 0.6);
    });
    for (const int pair : {2, 3, 8, 9, 15})
        CHECK(search->current()[static_cast<std::size_t>(pair)] == 3);
    const auto passed = std::count_if(search->decisions().begin(), search->decisions().end(),
                                      [](const Decision& decision) { return decision.locked; });
    CHECK(passed == 7); // pairs 2-3 and 8-9 as segments of two, and each locked pair alone
    CHECK(search->decisions().size() == segments(16));
}

TEST_CASE("Locking everything ends the search with nothing asked") {
    auto search = make(DcisOptions{}, startOf(2));
    REQUIRE(search->apply(LockPairs{{0, 1}}).has_value());
    CHECK(search->finished());
    CHECK(search->evaluations() == 0);
    CHECK(search->current() == startOf(2).factors);
}

TEST_CASE("A person's vector takes the place of the current one and the segment starts again") {
    const MethodOptions options = GENERATE(MethodOptions(DcisOptions{}), MethodOptions(SafeDcisOptions{}));
    auto search = halfway(options, 8, 14);
    const auto live = search->wanted().back().segment;
    const std::vector<double> mine{1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5};
    REQUIRE(search->apply(ReplaceVector{mine, 1.25}).has_value());
    CHECK(search->current() == mine);
    CHECK(search->attentionFactor() == 1.25);
    CHECK(!search->currentScore());
    const bool safe = std::holds_alternative<SafeDcisOptions>(options);
    CHECK(search->wanted().size() == (safe ? 1U : 10U)); // safe mode scores the person's vector first
    if (safe) {
        CHECK(search->wanted().front().factors == mine);
        REQUIRE(search->tell(search->wanted().front().id, Score{7}).has_value());
        CHECK(*search->currentScore() == 7);
    }
    CHECK(search->wanted().front().segment == live);
    CHECK(search->wanted().front().attentionFactor == 1.25);
    finish(*search, bowl);
    CHECK(search->finished());
}

TEST_CASE("A skipped segment keeps its factors and hands its window on") {
    auto search = halfway(DcisOptions{}, 8, 13);
    const auto before = search->current();
    const auto segment = search->wanted().front().segment;
    REQUIRE(search->apply(SkipSegment{}).has_value());
    const Decision& skipped = search->decisions().back();
    CHECK(skipped.skipped);
    CHECK(skipped.segment == segment);
    CHECK(skipped.children == skipped.window);
    CHECK(!std::isnan(skipped.scores[2])); // three had been scored
    CHECK(std::isnan(skipped.scores[3]));
    CHECK(search->current() == before);
    finish(*search, bowl);
}

TEST_CASE("A new window makes the segment start again") {
    auto search = halfway(DcisOptions{}, 8, 4);
    REQUIRE(search->apply(SetWindow{{-0.9, 0.9}}).has_value());
    const auto wanted = search->wanted();
    CHECK(wanted.size() == 10);
    CHECK(wanted.front().increment == -0.9);
    CHECK(search->tree().levels[0][1].edited);
    CHECK(!search->apply(SetWindow{{1, 1}}));
    CHECK(!search->apply(SetWindow{{-1, std::numeric_limits<double>::quiet_NaN()}}));
}

TEST_CASE("Changes that make no sense are refused and leave the search alone") {
    auto search = halfway(DcisOptions{}, 4, 3);
    const auto wanted = search->wanted();
    CHECK(!search->apply(ReplaceVector{{1, 2, 3}, std::nullopt}));
    CHECK(!search->apply(ReplaceVector{{1, 2, 3, -1}, std::nullopt}));
    CHECK(!search->apply(ReplaceVector{{1, 2, 3, 4}, 0.0}));
    CHECK(!search->apply(LockPairs{{4}}));
    CHECK(!search->apply(SetAttentionFactor{-1}));
    CHECK(!search->tell(wanted.front().id - 1, Score{5})); // told already
    CHECK(!search->tell(9999, Score{5}));
    REQUIRE(search->wanted().size() == wanted.size());
    CHECK(search->wanted().front().id == wanted.front().id);
    finish(*search, bowl);
    CHECK(!search->apply(SkipSegment{})); // over
}

TEST_CASE("Options that make no sense are usage errors") {
    const auto refused = [](const MethodOptions& options, const FactorSet& start) {
        const auto made = makeSearchMethod({options, start});
        return !made && made.error().kind == ErrorKind::usage && !made.error().message.empty();
    };
    CHECK(refused(DcisOptions{.increments = 1}, startOf(4)));
    CHECK(refused(DcisOptions{.range = 0}, startOf(4)));
    CHECK(refused(DcisOptions{.top = 0}, startOf(4)));
    CHECK(refused(DcisOptions{.maxPerplexity = -1}, startOf(4)));
    CHECK(refused(DcisOptions{.clamp = 0}, startOf(4)));
    CHECK(refused(SafeDcisOptions{.relativeBound = 1}, startOf(4)));
    CHECK(refused(DcisOptions{}, startOf(0)));
    CHECK(refused(DcisOptions{}, startOf(4, -1)));
    CHECK(refused(DcisOptions{}, FactorSet{{1, 2}, 0, ""}));
}

TEST_CASE("The tree tells what is done, live and ahead") {
    auto search = halfway(DcisOptions{}, 4, 12);
    const auto tree = search->tree();
    REQUIRE(tree.levels.size() == 2);
    CHECK(tree.levels[0][1].state == SegmentState::done);
    CHECK(tree.levels[0][1].decision == 0);
    CHECK(tree.levels[0][1].increment.has_value());
    CHECK(tree.levels[0][0].state == SegmentState::live);
    CHECK(tree.levels[1][3].state == SegmentState::pending);
    CHECK(tree.levels[1][3].window.has_value());
    CHECK(!tree.levels[1][0].window.has_value());
}
