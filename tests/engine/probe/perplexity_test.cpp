#include "engine/probe/perplexity.h"

#include <cmath>

#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;
using test::corpusOf;
using test::factorsOf;
using test::FakeModel;

namespace {

std::vector<PerplexityResult> measured(LanguageModel& model, const Corpus& corpus, const PerplexityRequest& request,
                                       const RunControl& control = {}) {
    auto outcome = measurePerplexity(model, corpus, request, control);
    REQUIRE(std::holds_alternative<std::vector<PerplexityResult>>(outcome));
    return std::get<0>(std::move(outcome));
}

} // namespace

TEST_CASE("prefix perplexity scores every token but the first of each document's start") {
    FakeModel model;
    const Corpus corpus = corpusOf({100, 20, 80});
    const auto results = measured(model, corpus, {.cases = {{factorsOf(2), 64}, {factorsOf(3), 32}}});
    REQUIRE(results.size() == 2);
    double sum = 0;
    for (std::size_t position = 1; position < 64; ++position)
        sum += FakeModel::nll(static_cast<TokenId>(position), position, factorsOf(2));
    CHECK(results[0].nll.mean == Approx(sum / 63).epsilon(1e-6)); // both documents begin alike
    CHECK(results[0].perplexity == Approx(std::exp(sum / 63)).epsilon(1e-6));
    CHECK(results[0].nll.tokens == 2 * 63);
    CHECK(results[0].tokensFed == 2 * 64);
    CHECK(results[0].shortDocuments == 1);
    REQUIRE(results[0].tokenNll.size() == 2);
    CHECK(results[0].tokenNll[1][62] == FakeModel::nll(63, 63, factorsOf(2)));
    CHECK(results[0].peakMemoryBytes == 1002);
    CHECK(results[1].length == 32);
    CHECK(results[1].factors == factorsOf(3));
    CHECK(results[1].tokenNll[0][0] == FakeModel::nll(1, 1, factorsOf(3)));
}

TEST_CASE("sliding perplexity counts each token in the first window that reaches it") {
    FakeModel model;
    const Corpus corpus = corpusOf({30});
    const auto result =
        measured(model, corpus, {.cases = {{factorsOf(1), 16}}, .protocol = SlidingProtocol{8}}).front();
    CHECK(result.nll.tokens == 29);
    CHECK(result.tokensFed == 16 + 16 + 14);
    // Token 16 is the ninth token of the window that begins at 8.
    CHECK(result.tokenNll[1][0] == FakeModel::nll(16, 8, factorsOf(1)));
    CHECK(result.tokenNll[2].size() == 6);

    SECTION("the published average gives every window the same weight") {
        const auto published =
            measured(model, corpus,
                     {.cases = {{factorsOf(1), 16}}, .protocol = SlidingProtocol{8}, .averaging = Averaging::byWindow})
                .front();
        double sum = 0;
        for (const auto& window : result.tokenNll) {
            double inWindow = 0;
            for (const float nll : window)
                inWindow += nll;
            sum += inWindow / static_cast<double>(window.size());
        }
        CHECK(published.nll.mean == Approx(sum / 3).epsilon(1e-9));
        CHECK(published.nll.mean != Approx(result.nll.mean).epsilon(1e-4));
        CHECK(published.nll.tokens == 29);
    }
}

TEST_CASE("with a begin-of-text token the text's first token counts and the window keeps its length") {
    FakeModel model;
    const auto result =
        measured(model, corpusOf({40}), {.cases = {{factorsOf(1), 16}}, .beginOfText = TokenId{5}}).front();
    CHECK(result.nll.tokens == 15);
    CHECK(result.tokensFed == 16);
    CHECK(result.tokenNll[0][0] == FakeModel::nll(0, 1, factorsOf(1)));
}

TEST_CASE("progress rises to its total in tokens") {
    FakeModel model;
    std::vector<Progress> seen;
    RunControl control;
    control.onProgress = [&](const Progress& progress) { seen.push_back(progress); };
    const Corpus corpus = corpusOf({100, 100});
    (void)measured(model, corpus, {.cases = {{factorsOf(1), 64}, {factorsOf(1), 32}}}, control);
    REQUIRE(seen.size() > 3);
    for (std::size_t report = 1; report < seen.size(); ++report)
        CHECK(seen[report].done >= seen[report - 1].done);
    CHECK(seen.back().done == 2 * 64 + 2 * 32);
    CHECK(seen.back().total == 2 * 64 + 2 * 32);
    CHECK(seen.back().unit == "tokens");
}

TEST_CASE("a stop between two forward passes ends the measurement") {
    FakeModel model;
    std::stop_source source;
    model.beforeForward = [&] {
        if (model.sequences == 1)
            source.request_stop();
    };
    const auto outcome =
        measurePerplexity(model, corpusOf({64, 64, 64}), {.cases = {{factorsOf(1), 64}}}, {source.get_token(), {}});
    CHECK(std::holds_alternative<Cancelled>(outcome));
    CHECK(model.sequences == 1);
}

TEST_CASE("bad requests are refused before the model is touched, and its errors come through") {
    FakeModel model;
    const auto errorOf = [&](const PerplexityRequest& request) {
        const auto outcome = measurePerplexity(model, corpusOf({100}), request, {});
        REQUIRE(std::holds_alternative<Error>(outcome));
        return std::get<Error>(outcome);
    };
    CHECK(errorOf({.cases = {{factorsOf(1), 64}, {factorsOf(1), 101}}}).kind == ErrorKind::input);
    CHECK(errorOf({.cases = {{factorsOf(0), 64}}}).kind == ErrorKind::usage);
    CHECK(errorOf({.cases = {{FactorSet{{1, 2, 3}, 1, "three"}, 64}}}).message.find("2 rotary pairs") !=
          std::string::npos);
    CHECK(errorOf({.cases = {{FactorSet{{1, 2}, std::nan(""), "nan"}, 64}}}).kind == ErrorKind::usage);
    CHECK(model.calls == 0);
    model.error = failure("out of memory: try a shorter length");
    CHECK(errorOf({.cases = {{factorsOf(1), 64}}}).message == "out of memory: try a shorter length");
}
