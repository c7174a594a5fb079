#include "engine/probe/windows.h"

#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;
using test::corpusOf;

TEST_CASE("the prefix protocol takes the start of every document that is long enough") {
    const auto plan = planWindows(corpusOf({100, 20, 64}), {.length = 64, .protocol = PrefixProtocol{}}).value();
    CHECK(plan.windows == std::vector<Window>{{0, 0, 64, 0}, {2, 0, 64, 0}});
    CHECK(plan.shortDocuments == 1);
}

TEST_CASE("sliding windows score every token once, as YaRN's program places them") {
    const auto plan = planWindows(corpusOf({30}), {.length = 16, .protocol = SlidingProtocol{8}}).value();
    // The third window is cut at the text's end and scores what is left.
    CHECK(plan.windows == std::vector<Window>{{0, 0, 16, 0}, {0, 8, 24, 16}, {0, 16, 30, 24}});
}

TEST_CASE("sliding windows cover any text without gap or overlap") {
    const auto tokens = GENERATE(16, 17, 31, 100);
    const auto stride = GENERATE(1, 5, 16);
    const auto plan = planWindows(corpusOf({tokens}), {.length = 16, .protocol = SlidingProtocol{stride}}).value();
    std::int64_t scored = 0;
    for (const Window& window : plan.windows) {
        CHECK(window.scoredFrom == scored);
        CHECK(window.scoredFrom >= window.begin);
        CHECK(window.end - window.begin <= 16);
        CHECK(window.end > window.scoredFrom);
        scored = window.end;
    }
    CHECK(scored == tokens);
}

TEST_CASE("disjoint windows leave a short remainder out, and a limit ends them") {
    const auto corpus = corpusOf({35, 16});
    const auto all = planWindows(corpus, {.length = 16, .protocol = DisjointProtocol{}}).value();
    CHECK(all.windows == std::vector<Window>{{0, 0, 16, 0}, {0, 16, 32, 16}, {1, 0, 16, 0}});
    const auto two = planWindows(corpus, {.length = 16, .protocol = DisjointProtocol{}, .limit = 2}).value();
    CHECK(two.windows == std::vector<Window>{{0, 0, 16, 0}, {0, 16, 32, 16}});
}

TEST_CASE("a begin-of-text token takes one place of the window") {
    const auto plan = planWindows(corpusOf({35}), {.length = 16, .beginOfText = true, .protocol = DisjointProtocol{}});
    CHECK(plan.value().windows == std::vector<Window>{{0, 0, 15, 0}, {0, 15, 30, 15}});
}

TEST_CASE("a text that cannot serve says why") {
    const auto error = [](const Corpus& corpus, const WindowRequest& request) {
        const auto plan = planWindows(corpus, request);
        REQUIRE_FALSE(plan);
        return plan.error();
    };
    const Error empty = error(corpusOf({0}), {.length = 16});
    CHECK(empty.kind == ErrorKind::input);
    CHECK(empty.message.find("empty text") != std::string::npos);
    const Error tooShort = error(corpusOf({15}), {.length = 16});
    CHECK(tooShort.kind == ErrorKind::input);
    CHECK(tooShort.message == "some.txt: text: expected a document of at least 16 tokens, found 15 tokens");
    CHECK(error(corpusOf({15, 8}), {.length = 16}).message.find("2 documents of at most 15") != std::string::npos);
    CHECK(error(corpusOf({15}), {.length = 1}).kind == ErrorKind::usage);
    CHECK(error(corpusOf({50}), {.length = 16, .protocol = SlidingProtocol{0}}).kind == ErrorKind::usage);
    CHECK(error(corpusOf({50}), {.length = 16, .protocol = SlidingProtocol{17}}).kind == ErrorKind::usage);
}

TEST_CASE("CEPE's windows score their last tokens, and another one begins only with a token behind it") {
    const LastTokensProtocol last{.scored = 4, .stride = 8};
    const auto plan = planWindows(corpusOf({32}), {.length = 16, .protocol = last}).value();
    CHECK(plan.windows == std::vector<Window>{{0, 0, 16, 12}, {0, 8, 24, 20}});
    CHECK(planWindows(corpusOf({33}), {.length = 16, .protocol = last}).value().windows.size() == 3);
    CHECK(planWindows(corpusOf({16}), {.length = 16, .protocol = last}).value().windows.size() == 1);
    for (const std::int64_t scored : {0, 17})
        CHECK_FALSE(planWindows(corpusOf({32}), {.length = 16, .protocol = LastTokensProtocol{scored, 8}}));
    CHECK_FALSE(planWindows(corpusOf({32}), {.length = 16, .protocol = LastTokensProtocol{4, 0}}));
}

TEST_CASE("what an encoder reads of a window doesn't count, nor does the token behind it") {
    const auto prefix = planWindows(corpusOf({32}), {.length = 16, .context = 6}).value();
    CHECK(prefix.windows == std::vector<Window>{{0, 0, 16, 7}});
    // A begin-of-text token is one of the six.
    const auto withBegin = planWindows(corpusOf({32}), {.length = 16, .beginOfText = true, .context = 6}).value();
    CHECK(withBegin.windows == std::vector<Window>{{0, 0, 15, 6}});
    // The last sliding window of 30 tokens would be 6 tokens long: all of them context.
    const auto sliding =
        planWindows(corpusOf({30}), {.length = 16, .protocol = SlidingProtocol{12}, .context = 6}).value();
    CHECK(sliding.windows == std::vector<Window>{{0, 0, 16, 7}, {0, 12, 28, 19}});
    CHECK_FALSE(planWindows(corpusOf({32}), {.length = 16, .context = 15}));
    CHECK_FALSE(planWindows(corpusOf({32}), {.length = 16, .context = -1}));
}
