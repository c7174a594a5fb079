#include "engine/probe/passkey.h"

#include <algorithm>

#include "engine/probe/random.h"
#include "tests/engine/probe/fake_model.h"
#include "tests/support/catch.h"

using namespace ropescope;
using test::ByteTokenizer;
using test::factorsOf;
using test::FakeModel;

namespace {

PasskeyReport measured(FakeModel& model, const PasskeyRequest& request, const Tokenizer& tokenizer = ByteTokenizer()) {
    auto outcome = measurePasskey(model, tokenizer, request, {}, {});
    REQUIRE(std::holds_alternative<PasskeyReport>(outcome));
    return std::get<PasskeyReport>(std::move(outcome));
}

std::string textOf(const PromptStyle& style, const PasskeyTrial& trial, const ChatTemplate& chat = {}) {
    const ByteTokenizer tokenizer;
    const auto writer = promptWriter(style, chat, tokenizer).value();
    return tokenizer.decode(writer->write(trial).value().ids);
}

} // namespace

TEST_CASE("SplitMix64 gives its published numbers and draws without leaving the range") {
    SplitMix64 random(1234567);
    CHECK(random.next() == 6457827717110365317U);
    CHECK(random.next() == 3203168211198807973U);
    std::vector<int> counts(3);
    for (int draw = 0; draw < 3000; ++draw)
        ++counts[static_cast<std::size_t>(random.between(5, 7) - 5)];
    CHECK(std::ranges::min(counts) > 900);
}

TEST_CASE("an exact prompt has the length asked for and the key at its depth") {
    const auto length = GENERATE(400, 777, 4096);
    const auto depth = GENERATE(0.0, 0.3, 1.0);
    const std::string text = textOf(ExactPrompts{.depths = {depth}}, {length, depth, 3, 1});
    CHECK(static_cast<int>(text.size()) == length);
    const std::string head = "I will quiz you about the important information there.\n";
    const auto fillerFrom = text.find(head) + head.size();
    const auto key = text.find("\nThe pass key is ");
    const auto keyEnd = text.find(" is the pass key.\n");
    const auto closing = text.rfind("\nWhat is the pass key? The pass key is");
    REQUIRE(closing != std::string::npos);
    CHECK(closing + 38 == text.size());
    const auto before = static_cast<double>(key - fillerFrom);
    const auto after = static_cast<double>(closing - (keyEnd + 18));
    CHECK(std::abs(before - depth * (before + after)) <= 0.5);
    if (depth > 0)
        CHECK(text.substr(fillerFrom, 12) == "The grass is");
    if (depth < 1)
        CHECK(text.substr(keyEnd + 18, 12) == "The grass is");
}

TEST_CASE("prompts depend on the seed, the trial and the cell, and on nothing else") {
    const PromptStyle style = ExactPrompts{};
    const std::string text = textOf(style, {500, 0.5, 3, 1});
    CHECK(text == textOf(style, {500, 0.5, 3, 1}));
    CHECK(text != textOf(style, {500, 0.5, 4, 1}));
    CHECK(text != textOf(style, {500, 0.5, 3, 2}));
    // Computed by another program from the definition: another machine must build the same prompt.
    CHECK(text.find("The pass key is 36568. Remember it.") != std::string::npos);
}

TEST_CASE("keys are drawn from the range asked for") {
    const ByteTokenizer tokenizer;
    const auto writer = promptWriter(ExactPrompts{.lowestKey = 7, .highestKey = 12}, {}, tokenizer).value();
    for (std::int64_t trial = 0; trial < 200; ++trial) {
        const auto key = writer->write({500, 0.5, trial, 1})->key;
        CHECK(key >= 7);
        CHECK(key <= 12);
    }
}

TEST_CASE("landmark prompts are cut at characters, below the length by less than a step") {
    const ByteTokenizer tokenizer;
    const auto writer = promptWriter(LandmarkPrompts{}, {}, tokenizer).value();
    CHECK(writer->depths() == std::vector<std::optional<double>>{std::nullopt});
    std::vector<std::size_t> places;
    for (std::int64_t trial = 0; trial < 30; ++trial) {
        const auto prompt = writer->write({3000, std::nullopt, trial, 1}).value();
        const std::string text = tokenizer.decode(prompt.ids);
        CHECK(text.size() <= 3000);
        CHECK(text.size() > 3000 - 128 - 8); // short keys leave up to eight characters more
        CHECK(prompt.key >= 1);
        CHECK(prompt.key <= 50000);
        places.push_back(text.find("\nThe pass key is "));
    }
    const auto [first, last] = std::ranges::minmax(places);
    CHECK(last - first > 1500);
    CHECK_FALSE(writer->write({100, std::nullopt, 0, 1}));
}

TEST_CASE("a chat template goes around the turn and opens the answer") {
    const ChatTemplate chat = findChatTemplate("chatml").value();
    const std::string text = textOf(ExactPrompts{}, {600, 0.5, 0, 1}, chat);
    CHECK(text.size() == 600);
    CHECK(text.rfind("<|im_start|>user\nThere is an important info", 0) == 0);
    CHECK(text.find("\nWhat is the pass key?<|im_end|>\n<|im_start|>assistant\nThe pass key is") ==
          text.size() -
              std::string("\nWhat is the pass key?<|im_end|>\n<|im_start|>assistant\nThe pass key is").size());
    CHECK_FALSE(findChatTemplate("unheard-of"));
}

TEST_CASE("a begin-of-text token comes first where the tokenizer's template puts one, and only once") {
    const ByteTokenizer tokenizer(TokenId{'<'});
    const auto plain = promptWriter(ExactPrompts{}, {}, tokenizer).value()->write({500, 0.5, 0, 1}).value();
    CHECK(plain.ids[0] == '<');
    CHECK(plain.ids[1] == 'T');
    CHECK(plain.ids.size() == 500);
    const auto chat = promptWriter(ExactPrompts{}, {"<s>", ""}, tokenizer).value()->write({500, 0.5, 0, 1}).value();
    CHECK(chat.ids[1] == 's');
}

TEST_CASE("the first run of digits decides") {
    CHECK(answersKey(" 12345.", 12345));
    CHECK(answersKey(" it is 12345", 12345));
    CHECK(answersKey("007", 7));
    CHECK_FALSE(answersKey(" 123456", 12345));
    CHECK_FALSE(answersKey(" 1234", 12345));
    CHECK_FALSE(answersKey(" 1 12345", 12345));
    CHECK_FALSE(answersKey("none", 12345));
    CHECK_FALSE(answersKey("", 0));
    CHECK_FALSE(answerComplete(" 123"));
    CHECK(answerComplete(" 123."));
    CHECK_FALSE(answerComplete(" none"));
}

TEST_CASE("retrieval works within the model's reach and fails beyond it") {
    FakeModel model(2, 600);
    const auto report = measured(model, {.cases = {{factorsOf(1), 500}, {factorsOf(1), 800}, {factorsOf(2), 800}},
                                         .style = ExactPrompts{.depths = {0, 0.5, 1}},
                                         .trials = 4});
    REQUIRE(report.cells.size() == 9);
    for (const PasskeyCell& cell : report.cells) {
        CHECK(cell.trials == 4);
        CHECK(cell.correct == (cell.index == 1 ? 0 : 4));
        CHECK(cell.interval.low == wilson95(cell.correct, 4).low);
    }
    CHECK(report.cells[0].depth == 0.0);
    CHECK(report.cells[2].depth == 1.0);
    CHECK(report.cells[3].length == 800);
    CHECK(report.cells[0].answers[0].promptTokens == 500);
    CHECK(report.cells[3].answers[0].continuation == "xxxxxxxxxx");
}

TEST_CASE("what prompts share is fed once") {
    FakeModel model(2, 2000);
    const auto report =
        measured(model, {.cases = {{factorsOf(1), 1000}}, .style = ExactPrompts{.depths = {0.5, 1}}, .trials = 5});
    CHECK(model.sessions == 1);
    CHECK(report.tokensFed == model.tokensDecoded);
    // The first prompt in full; four more at depth 1 from the key on; five at depth 0.5 from the middle on.
    CHECK(report.tokensFed < 1000 + 4 * 150 + 5 * 620);
    CHECK(report.tokensWithoutCache >= 10 * 1000 * 6);

    SECTION("a cache that can't go back is only slower") {
        FakeModel forgetful(2, 2000);
        forgetful.canTruncate = false;
        const auto slow = measured(
            forgetful, {.cases = {{factorsOf(1), 1000}}, .style = ExactPrompts{.depths = {0.5, 1}}, .trials = 5});
        CHECK(forgetful.sessions == 10);
        for (std::size_t cell = 0; cell < slow.cells.size(); ++cell)
            CHECK(slow.cells[cell].correct == report.cells[cell].correct);
    }
}

TEST_CASE("a cell ends when its interval has settled on one side of the threshold") {
    FakeModel model(2, 600);
    const auto report = measured(model, {.cases = {{factorsOf(1), 500}, {factorsOf(1), 800}},
                                         .style = ExactPrompts{.depths = {0.5}},
                                         .trials = 50,
                                         .stopAt = 0.5});
    // Wilson's interval for n of n leaves 0.5 at n = 4.
    CHECK(report.cells[0].trials == 4);
    CHECK(report.cells[0].correct == 4);
    CHECK(report.cells[1].trials == 4);
    CHECK(report.cells[1].correct == 0);
}

TEST_CASE("a passkey grid reports cells as they finish, progresses to its end, and can be stopped") {
    FakeModel model(2, 600);
    std::stop_source source;
    std::vector<Progress> seen;
    int cells = 0;
    const RunControl control{source.get_token(), [&](const Progress& progress) { seen.push_back(progress); }};
    const PasskeyRequest request{.cases = {{factorsOf(1), 500}}, .style = ExactPrompts{.depths = {0, 1}}, .trials = 3};
    const auto count = [&](const PasskeyCell&) { ++cells; };
    CHECK(std::holds_alternative<PasskeyReport>(measurePasskey(model, ByteTokenizer(), request, count, control)));
    CHECK(cells == 2);
    for (std::size_t report = 1; report < seen.size(); ++report)
        CHECK(seen[report].done >= seen[report - 1].done);
    CHECK(seen.back().done == Approx(seen.back().total));

    int forwards = 0;
    model.beforeForward = [&] {
        if (++forwards == 5)
            source.request_stop();
    };
    CHECK(std::holds_alternative<Cancelled>(measurePasskey(model, ByteTokenizer(), request, count, control)));
    CHECK(forwards == 5);
}

TEST_CASE("bad passkey requests are refused before the model is touched") {
    FakeModel model;
    const auto refused = [&](const PasskeyRequest& request) {
        const auto outcome = measurePasskey(model, ByteTokenizer(), request, {}, {});
        return std::holds_alternative<Error>(outcome) && std::get<Error>(outcome).kind == ErrorKind::usage;
    };
    const PasskeyCase sound{factorsOf(1), 500};
    CHECK(refused({.cases = {sound, {factorsOf(1), 100}}}));
    CHECK(refused({.cases = {sound}, .trials = 0}));
    CHECK(refused({.cases = {sound}, .newTokens = 0}));
    CHECK(refused({.cases = {sound}, .style = ExactPrompts{.depths = {1.5}}}));
    CHECK(refused({.cases = {sound}, .style = ExactPrompts{.depths = {}}}));
    CHECK(refused({.cases = {sound}, .style = ExactPrompts{.lowestKey = 5, .highestKey = 4}}));
    CHECK(refused({.cases = {{factorsOf(-1), 500}}}));
    CHECK(model.sessions == 0);
}
