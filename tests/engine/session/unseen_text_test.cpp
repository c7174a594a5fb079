// Which windows the search did not see.
#include "engine/session/unseen_text.h"

#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("unseen windows lie side by side behind the searched one and in other documents") {
    const Corpus corpus = test::corpusOf({100, 25});
    const Window searched{0, 0, 20, 0};
    const auto all = unseenWindows(corpus, searched, false, 0);
    REQUIRE(all);
    REQUIRE(all->size() == 5);
    CHECK(all->front().begin == 20);
    CHECK(all->back().document == 1);
    const auto some = unseenWindows(corpus, searched, false, 2);
    REQUIRE(some);
    REQUIRE(some->size() == 2);
    CHECK((*some)[0].begin == 20);
    CHECK((*some)[1].begin == 60);
}

TEST_CASE("where only a tail is left, its tokens are scored with the window's end before them") {
    const auto tail = unseenWindows(test::corpusOf({27}), {0, 0, 20, 0}, false, 16);
    REQUIRE(tail);
    REQUIRE(tail->size() == 1);
    CHECK(tail->front() == Window{0, 7, 27, 20});

    const auto other = unseenWindows(test::corpusOf({20, 19}), {0, 0, 20, 0}, false, 16);
    REQUIRE(other);
    CHECK(other->empty()); // neither a tail nor a whole window

    // The comparison counts the tail's tokens alone, as the fake model's formula has them.
    test::FakeModel model;
    const Corpus corpus = test::corpusOf({27});
    const UnseenRequest request{*tail, test::factorsOf(1), test::factorsOf(2), test::factorsOf(3), {}, FullAttention{}};
    const auto outcome = compareOnUnseen(model, corpus, request, {});
    REQUIRE(std::holds_alternative<UnseenComparison>(outcome));
    const auto& unseen = std::get<UnseenComparison>(outcome);
    CHECK(unseen.tokens == 7);
    CHECK(unseen.windows == 1);
    // Positions 13 .. 19 of the window, one thousandth per position and unit of the factor.
    CHECK(unseen.difference == Approx(0.016).epsilon(1e-4));
    CHECK(unseen.initialPerplexity > unseen.unscaledPerplexity);
}
