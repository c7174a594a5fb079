#include "engine/study/study.h"

#include <bit>
#include <cstdint>
#include <fstream>
#include <iterator>

#include "tests/engine/study/sample_study.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

std::uint64_t bits(double value) {
    return std::isnan(value) ? 0x7ff8000000000000 : std::bit_cast<std::uint64_t>(value);
}

void checkSame(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t index = 0; index < a.size(); ++index)
        CHECK(bits(a[index]) == bits(b[index]));
}

void checkSame(const Decision& a, const Decision& b) {
    CHECK(a.level == b.level);
    CHECK(a.segment == b.segment);
    CHECK(a.window == b.window);
    checkSame(a.increments, b.increments);
    checkSame(a.scores, b.scores);
    CHECK(a.valid == b.valid);
    CHECK(a.best == b.best);
    CHECK(a.top == b.top);
    CHECK(a.children == b.children);
    checkSame(a.factorsAfter, b.factorsAfter);
    CHECK(a.scoreBefore == b.scoreBefore);
    CHECK(a.scoreAfter == b.scoreAfter);
    CHECK(a.skipped == b.skipped);
}

void checkSame(const StudyEvaluation& a, const StudyEvaluation& b) {
    CHECK(a.candidate.id == b.candidate.id);
    checkSame(a.candidate.factors, b.candidate.factors);
    CHECK(bits(a.candidate.attentionFactor) == bits(b.candidate.attentionFactor));
    CHECK(a.candidate.segment == b.candidate.segment);
    CHECK(a.candidate.level == b.candidate.level);
    CHECK(bits(a.candidate.increment) == bits(b.candidate.increment));
    CHECK(a.candidate.index == b.candidate.index);
    CHECK(a.candidate.of == b.candidate.of);
    CHECK(a.candidate.wantsGradient == b.candidate.wantsGradient);
    CHECK(bits(a.score.perplexity) == bits(b.score.perplexity));
    CHECK(a.score.gradient == b.score.gradient);
    CHECK(a.reused == b.reused);
    CHECK(bits(a.seconds) == bits(b.seconds));
}

std::vector<SearchEvent> eventsOf(const StudyContents& contents, EventId head) {
    std::vector<SearchEvent> events;
    for (const StudyEvent* event : contents.pathTo(head))
        events.push_back(searchEvent(*event));
    return events;
}

} // namespace

TEST_CASE("a search comes back from its study bit for bit") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "first.ropescope";
    const StudySearch search = test::sampleSearch();
    SearchRun run = test::startRun(search);
    std::vector<Study::NewEvent> told;
    {
        auto study = Study::openOrCreate(path);
        REQUIRE(study);
        REQUIRE(study->beginSearch(test::sampleModel, test::sampleText, search));
        while (!run.finished()) {
            told.push_back(test::nextEvent(run));
            REQUIRE(study->append(firstBranch, {&told.back(), 1}));
        }
    }
    REQUIRE(told.size() == 30);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);

    const auto contents = readStudy(path);
    REQUIRE(contents);
    CHECK(contents->model->path == test::sampleModel.path);
    CHECK(contents->model->sha256 == test::sampleModel.sha256);
    CHECK(contents->model->summary == test::sampleModel.summary);
    CHECK(contents->model->rope.theta == 10000);
    CHECK(contents->model->rope.trainedLength == 256);
    CHECK(contents->text == test::sampleText);
    REQUIRE(contents->search);
    CHECK(contents->search->settings.method == search.settings.method);
    CHECK(contents->search->settings.start == search.settings.start);
    CHECK(contents->search->attention == search.attention);
    CHECK(contents->search->batch == 2);
    CHECK(contents->search->targetLength == 1024);
    REQUIRE(contents->events.size() == told.size());
    bool sawNan = false;
    for (std::size_t index = 0; index < told.size(); ++index) {
        const StudyEvent& event = contents->events[index];
        checkSame(std::get<StudyEvaluation>(event.what), std::get<StudyEvaluation>(told[index].what));
        sawNan = sawNan || std::isnan(std::get<StudyEvaluation>(event.what).score.perplexity);
        REQUIRE(event.decisions.size() == told[index].decisions.size());
        for (std::size_t decision = 0; decision < event.decisions.size(); ++decision)
            checkSame(event.decisions[decision], told[index].decisions[decision]);
    }
    CHECK(sawNan);

    const auto again =
        replayEvents(contents->search->settings, eventsOf(*contents, contents->branch(firstBranch)->head));
    INFO((again ? std::string() : again.error().message));
    REQUIRE(again);
    CHECK((*again)->finished());
    checkSame((*again)->current(), run.method().current());
}

TEST_CASE("options of every kind survive, infinity too") {
    const test::TemporaryFolder folder;
    StudySearch search = test::sampleSearch();
    search.attention = FullAttention{};
    search.computeType = ComputeType::bf16;
    SECTION("published without a bound") {
        DcisOptions options;
        options.maxPerplexity = std::numeric_limits<double>::infinity();
        options.clamp = 0.1;
        options.order = VisitOrder::lowPairsFirst;
        search.settings.method = options;
    }
    SECTION("safe, relative") {
        search.settings.method = SafeDcisOptions{};
    }
    SECTION("safe, absolute") {
        SafeDcisOptions options;
        options.maxPerplexity = 1.0 / 3;
        search.settings.method = options;
    }
    const auto path = folder.path() / "a.ropescope";
    REQUIRE(Study::openOrCreate(path)->beginSearch(test::sampleModel, test::sampleText, search));
    const auto contents = readStudy(path);
    REQUIRE(contents);
    CHECK(contents->search->settings.method == search.settings.method);
    CHECK(contents->search->attention == search.attention);
    CHECK(contents->search->computeType == ComputeType::bf16);
}

TEST_CASE("gradients and a person's edits are kept") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    test::writeSample(path, 2);
    StudyEvaluation evaluation;
    evaluation.candidate = {.id = 7,
                            .factors = {1, 2, 3, -0.0},
                            .attentionFactor = 1,
                            .wantsGradient = true,
                            .segment = {1, 3},
                            .level = 2,
                            .increment = -1.0 / 3,
                            .index = 4,
                            .of = 5};
    evaluation.score = {12.5, FactorGradient{{0.1, -0.2, 0.3, 1e-300}, -4.5}};
    evaluation.reused = true;
    const std::vector<Study::NewEvent> events = {{evaluation, {}},
                                                 {SearchEdit{ReplaceVector{{4, 3, 2, 1}, 1.5}}, {}},
                                                 {SearchEdit{ReplaceVector{{1, 2, 3, 4}, std::nullopt}}, {}},
                                                 {SearchEdit{SetWindow{{-0.25, 1.0 / 3}}}, {}},
                                                 {SearchEdit{LockPairs{{0, 3}}}, {}},
                                                 {SearchEdit{LockPairs{}}, {}},
                                                 {SearchEdit{SetAttentionFactor{1.25}}, {}},
                                                 {SearchEdit{SkipSegment{}}, {}}};
    REQUIRE(Study::open(path)->append(firstBranch, events));
    const auto contents = readStudy(path);
    REQUIRE(contents);
    REQUIRE(contents->events.size() == 10);
    checkSame(std::get<StudyEvaluation>(contents->events[2].what), evaluation);
    const auto edit = [&](std::size_t index) { return std::get<SearchEdit>(contents->events[index].what); };
    CHECK(std::get<ReplaceVector>(edit(3)).factors == std::vector<double>{4, 3, 2, 1});
    CHECK(std::get<ReplaceVector>(edit(3)).attentionFactor == 1.5);
    CHECK_FALSE(std::get<ReplaceVector>(edit(4)).attentionFactor);
    CHECK(std::get<SetWindow>(edit(5)).window == IncrementWindow{-0.25, 1.0 / 3});
    CHECK(std::get<LockPairs>(edit(6)).pairs == std::vector<int>{0, 3});
    CHECK(std::get<LockPairs>(edit(7)).pairs.empty());
    CHECK(std::get<SetAttentionFactor>(edit(8)).attentionFactor == 1.25);
    CHECK(std::holds_alternative<SkipSegment>(edit(9)));
}

TEST_CASE("branches share their past and grow apart") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    test::writeSample(path, 8);
    {
        auto study = Study::open(path);
        REQUIRE(study);
        REQUIRE(study->addBranch("mine", 3));
        REQUIRE(study->addBranch("afresh", noEvent));
        REQUIRE(study->setCurrentBranch("mine"));
        const Study::NewEvent skip{SearchEdit{SkipSegment{}}, {}};
        REQUIRE(study->append("mine", {&skip, 1}));
        REQUIRE(study->append("afresh", {&skip, 1}));

        CHECK(study->addBranch("mine", 1).error().kind == ErrorKind::usage);
        CHECK(study->addBranch("", 1).error().kind == ErrorKind::usage);
        CHECK(study->addBranch("far", 11).error().kind == ErrorKind::usage);
        CHECK(study->append("none", {&skip, 1}).error().kind == ErrorKind::usage);
        CHECK(study->setCurrentBranch("none").error().kind == ErrorKind::usage);
        CHECK(study->beginSearch(test::sampleModel, test::sampleText, test::sampleSearch()).error().kind ==
              ErrorKind::usage);
    }
    const auto contents = readStudy(path);
    REQUIRE(contents);
    CHECK(contents->currentBranch == "mine");
    CHECK(contents->branches ==
          std::vector<StudyBranch>{{"main", 8, noEvent}, {"mine", 9, 3}, {"afresh", 10, noEvent}});
    std::vector<EventId> ids;
    for (const StudyEvent* event : contents->pathTo(9))
        ids.push_back(event->id);
    CHECK(ids == std::vector<EventId>{1, 2, 3, 9});
    CHECK(contents->pathTo(10).size() == 1);
    CHECK(contents->pathTo(noEvent).empty());
}

TEST_CASE("references, reports and moved sources are kept") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    test::writeSample(path, 1);
    {
        auto study = Study::open(path);
        REQUIRE(study->addReference({"initial", {{1, 2, 3, 4}, 1.5, "yarn:4"}, 1.0 / 3, 0.5}));
        REQUIRE(study->addReference({"unscaled", {{1, 1, 1, 1}, 1, "none"}, std::nan(""), 0.25}));
        REQUIRE(study->setReport("main", R"({"perplexity": 3})"));
        REQUIRE(study->setReport("main", R"({"perplexity": 2})"));
        REQUIRE(study->moveSources("/new/model", "/new/text"));
    }
    const auto contents = readStudy(path);
    REQUIRE(contents);
    REQUIRE(contents->references.size() == 2);
    CHECK(contents->references[0].factors == FactorSet{{1, 2, 3, 4}, 1.5, "yarn:4"});
    CHECK(contents->references[0].score == 1.0 / 3);
    CHECK(std::isnan(contents->references[1].score));
    CHECK(contents->reports.at("main") == R"({"perplexity": 2})");
    CHECK(contents->model->path == "/new/model");
    CHECK(contents->model->sha256 == test::sampleModel.sha256);
    CHECK(contents->text->path == "/new/text");
}

TEST_CASE("a study that was never written leaves no file") {
    const test::TemporaryFolder folder;
    REQUIRE(Study::openOrCreate(folder.path() / "a.ropescope"));
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a folder that is not there or not writable is named") {
    const test::TemporaryFolder folder;
    const auto absent = Study::openOrCreate(folder.path() / "none" / "a.ropescope");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().kind == ErrorKind::failed);
    CHECK(absent.error().message.find("cannot write study") != std::string::npos);
    CHECK(absent.error().message.find("a.ropescope") != std::string::npos);
    CHECK_FALSE(Study::openOrCreate("/proc/a.ropescope"));
    CHECK(Study::openOrCreate(folder.path()).error().kind == ErrorKind::input);
    CHECK(Study::open(folder.path() / "absent").error().kind == ErrorKind::input);
    CHECK(readStudy(folder.path() / "absent").error().kind == ErrorKind::input);
}
