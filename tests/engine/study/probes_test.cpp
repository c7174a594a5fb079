// Factor sets, probe results, notes and view state in a study.
#include <cmath>
#include <limits>

#include "engine/study/detail/probe_json.h"
#include "tests/engine/study/sample_probes.h"
#include "tests/engine/study/sample_study.h"
#include "tests/engine/study/tamper.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

// Request and report as text say all but the series; the text is exact, so equal texts are equal values.
void checkSame(const ProbeResult& a, const ProbeResult& b) {
    const StudyProbe one{1, 0, ComputeType::bf16, "cpu", a};
    const StudyProbe other{1, 0, ComputeType::bf16, "cpu", b};
    CHECK(detail::probeText(one).request == detail::probeText(other).request);
    CHECK(detail::probeText(one).result == detail::probeText(other).result);
}

// A study without a search that holds one probe of each kind.
void writeProbes(const std::filesystem::path& path) {
    auto study = Study::openOrCreate(path);
    REQUIRE(study);
    REQUIRE(study->setSources(test::sampleModel, test::sampleText));
    ProbeId expected = 1;
    for (const ProbeResult& probe :
         std::vector<ProbeResult>{test::perplexityProbe(), test::passkeyProbe(), test::landscapeProbe(),
                                  test::sensitivityProbe(), test::comparisonProbe()}) {
        const auto id = study->addProbe(probe, ComputeType::bf16, "cpu");
        INFO((id ? std::string() : id.error().message));
        REQUIRE(id);
        CHECK(*id == expected++);
    }
    REQUIRE(study->addLandscapePoint(3, {{2.0, 1.0 / 3}, test::nan}));
    REQUIRE(study->addLandscapePoint(3, {{0.1, 0.7}, 2.5}));
    REQUIRE(study->setFactorSets({{"mine", test::thirds, R"({"colour": 3})"}, {"plain", test::ones, ""}}));
    REQUIRE(study->addNote("first"));
    REQUIRE(study->setViewState("track", "shown"));
}

ErrorKind refusal(const Result<void>& result) {
    REQUIRE_FALSE(result);
    return result.error().kind;
}

} // namespace

TEST_CASE("probe results come back bit for bit, NaN and infinities included") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    writeProbes(path);
    const auto contents = readStudy(path);
    INFO((contents ? std::string() : contents.error().message));
    REQUIRE(contents);
    CHECK_FALSE(contents->search);
    CHECK(contents->model->sha256 == test::sampleModel.sha256);
    CHECK(contents->text == test::sampleText);
    REQUIRE(contents->probes.size() == 5);
    for (std::size_t index = 0; index < 5; ++index) {
        CHECK(contents->probes[index].id == static_cast<ProbeId>(index + 1));
        CHECK(contents->probes[index].time > 0);
        CHECK(contents->probes[index].computeType == ComputeType::bf16);
        CHECK(contents->probes[index].device == "cpu");
    }

    checkSame(contents->probes[0].result, test::perplexityProbe());
    const auto& perplexity = std::get<PerplexityProbe>(contents->probes[0].result);
    const auto written = test::perplexityProbe();
    CHECK(perplexity.request.cases[0].factors == test::thirds);
    CHECK(std::get<SlidingProtocol>(perplexity.request.protocol).stride == 3);
    CHECK(perplexity.request.averaging == Averaging::byWindow);
    CHECK(perplexity.request.beginOfText == 2);
    CHECK(perplexity.request.attention == test::lambda);
    CHECK(perplexity.results[0].nll.mean == 0.1 + 0.2);
    CHECK(std::isnan(perplexity.results[0].nll.standardError));
    CHECK(perplexity.results[0].perplexity == test::infinity);
    CHECK(perplexity.results[0].windows == written.results[0].windows);
    for (std::size_t index = 0; index < 2; ++index) {
        const auto& nlls = perplexity.results[index].tokenNll;
        REQUIRE(nlls.size() == 2);
        REQUIRE(nlls[0].size() == 3);
        CHECK(nlls[0][1] == 0.2F);
        CHECK(std::isnan(nlls[0][2]));
        CHECK(nlls[1] == std::vector<float>{1e-30F});
    }

    checkSame(contents->probes[1].result, test::passkeyProbe());
    const auto& passkey = std::get<PasskeyProbe>(contents->probes[1].result);
    CHECK(passkey.request.seed == std::numeric_limits<std::uint64_t>::max());
    CHECK(std::get<ExactPrompts>(passkey.request.style).depths[1] == 1.0 / 3);
    CHECK(passkey.request.stopAt == 0.9);
    CHECK(passkey.report.cells[0].answers[0].continuation == " 4.\xe2\x82\xac");
    CHECK(passkey.report.cells[0].interval.low == wilson95(1, 2).low);
    CHECK_FALSE(passkey.report.cells[1].depth);

    const auto& landscape = std::get<LandscapeProbe>(contents->probes[2].result);
    CHECK(sameLandscape(landscape.request, test::landscapeProbe().request));
    REQUIRE(landscape.report.points.size() == 2);
    CHECK(landscape.report.points[0] == LandscapePoint{{0.1, 0.7}, 2.5});
    CHECK(landscape.report.points[1].scale == std::vector<double>{2.0, 1.0 / 3});
    CHECK(std::isnan(landscape.report.points[1].nll));
    CHECK_FALSE(landscape.finished);

    checkSame(contents->probes[3].result, test::sensitivityProbe());
    const auto& sensitivity = std::get<SensitivityProbe>(contents->probes[3].result).report;
    CHECK(std::isnan(sensitivity.byLogFactor[0]));
    CHECK(std::signbit(sensitivity.byLogFactor[1]));
    CHECK(sensitivity.byLogFactor[3] == 1.0 / 3);
    CHECK(sensitivity.byRadian == std::vector<double>{test::infinity, -test::infinity, 0, 5e-324});

    checkSame(contents->probes[4].result, test::comparisonProbe());
    const auto& comparison = std::get<ComparisonProbe>(contents->probes[4].result).report;
    CHECK(comparison.differences[0].difference.mean == test::comparisonProbe().report.differences[0].difference.mean);

    CHECK(contents->factorSets ==
          std::vector<StudyFactorSet>{{"mine", test::thirds, R"({"colour": 3})"}, {"plain", test::ones, ""}});
    CHECK(contents->notes[0].text == "first");
    CHECK(contents->viewState.at("track") == "shown");
}

TEST_CASE("factor sets, notes and view state change and go") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    writeProbes(path);
    {
        auto study = Study::open(path);
        REQUIRE(study);
        REQUIRE(study->setFactorSets({{"plain", test::thirds, "x"}, {"mine", test::ones, "y"}}));
        CHECK(study->addNote("second").value() == 2);
        REQUIRE(study->setNote(1, "changed"));
        REQUIRE(study->removeNote(2));
        REQUIRE(study->setViewState("track", "hidden"));
        REQUIRE(study->setViewState("zoom", "2"));
        REQUIRE(study->removeProbe(1));
        CHECK_FALSE(study->contents().probe(1));

        CHECK(refusal(study->setFactorSets({{"", test::ones, ""}})) == ErrorKind::usage);
        CHECK(refusal(study->setFactorSets({{"a", test::ones, ""}, {"a", test::ones, ""}})) == ErrorKind::usage);
        CHECK(refusal(study->setFactorSets({{"a", {{}, 1, ""}, ""}})) == ErrorKind::usage);
        CHECK(refusal(study->setFactorSets({{"a", {{1, -2}, 1, ""}, ""}})) == ErrorKind::usage);
        CHECK(refusal(study->setFactorSets({{"a", {{1, 2}, test::nan, ""}, ""}})) == ErrorKind::usage);
        CHECK(refusal(study->setNote(7, "")) == ErrorKind::usage);
        CHECK(refusal(study->removeNote(7)) == ErrorKind::usage);
        CHECK(refusal(study->removeProbe(1)) == ErrorKind::usage);
        CHECK(study->contents().factorSets.size() == 2);
    }
    const auto contents = readStudy(path);
    REQUIRE(contents);
    CHECK(contents->factorSets == std::vector<StudyFactorSet>{{"plain", test::thirds, "x"}, {"mine", test::ones, "y"}});
    REQUIRE(contents->notes.size() == 1);
    CHECK(contents->notes[0].text == "changed");
    CHECK(contents->viewState.at("track") == "hidden");
    CHECK(contents->viewState.at("zoom") == "2");
    CHECK(contents->probes.size() == 4);
    CHECK(contents->probe(2));
}

TEST_CASE("a landscape grows point by point and is found again by its request") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    writeProbes(path);
    const auto request = test::landscapeProbe().request;
    {
        auto study = Study::open(path);
        const StudyContents& contents = study->contents();
        REQUIRE(contents.landscape(request, ComputeType::bf16));
        CHECK(contents.landscape(request, ComputeType::bf16)->id == 3);
        CHECK_FALSE(contents.landscape(request, ComputeType::fp32));
        auto other = request;
        other.axes[0].range.high = 11;
        CHECK_FALSE(contents.landscape(other, ComputeType::bf16));
        other = request;
        other.base.factors[2] = 1e-299;
        CHECK_FALSE(contents.landscape(other, ComputeType::bf16));
        other = request;
        other.base.origin = "the same numbers from elsewhere";
        CHECK(contents.landscape(other, ComputeType::bf16));

        CHECK(refusal(study->addLandscapePoint(3, {{1.0}, 2})) == ErrorKind::usage);
        CHECK(refusal(study->addLandscapePoint(3, {{1.0, test::nan}, 2})) == ErrorKind::usage);
        CHECK(refusal(study->addLandscapePoint(2, {{1.0, 1.0}, 2})) == ErrorKind::usage);
        CHECK(refusal(study->addLandscapePoint(9, {{1.0, 1.0}, 2})) == ErrorKind::usage);
        REQUIRE(study->addLandscapePoint(3, {{1.0, 1.0}, 2}));
        LandscapeReport report;
        report.tokens = 63;
        REQUIRE(study->finishLandscape(3, report));
        CHECK(refusal(study->addLandscapePoint(3, {{1.5, 1.0}, 2})) == ErrorKind::usage);
    }
    const auto contents = readStudy(path);
    const auto& landscape = std::get<LandscapeProbe>(contents->probe(3)->result);
    CHECK(landscape.finished);
    CHECK(landscape.report.tokens == 63);
    CHECK(landscape.report.evaluated == 3);
    CHECK(landscape.report.points[1].scale == std::vector<double>{1.0, 1.0});
}

TEST_CASE("numbers of another model or text are refused") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.ropescope";
    writeProbes(path);
    auto study = Study::open(path);
    StudyModel model = test::sampleModel;
    StudyText text = test::sampleText;
    model.sha256 = "other";
    CHECK(refusal(study->setSources(model, std::nullopt)) == ErrorKind::input);
    CHECK(refusal(study->beginSearch(model, text, test::sampleSearch())) == ErrorKind::input);
    model = test::sampleModel;
    text.sha256 = "other";
    CHECK(refusal(study->setSources(model, text)) == ErrorKind::input);
    CHECK(refusal(study->beginSearch(model, text, test::sampleSearch())) == ErrorKind::input);
    model.path = "moved";
    REQUIRE(study->setSources(model, std::nullopt));
    CHECK(study->contents().model->path == "moved");
    CHECK(study->contents().text == test::sampleText);
    REQUIRE(study->beginSearch(model, test::sampleText, test::sampleSearch()));
    CHECK(readStudy(path)->model->path == "moved");
}

TEST_CASE("a report that does not fit its request is not stored") {
    const test::TemporaryFolder folder;
    auto study = Study::openOrCreate(folder.path() / "a.ropescope");
    const auto refused = [&](const ProbeResult& probe) {
        const auto id = study->addProbe(probe, ComputeType::fp32, "cpu");
        return !id && id.error().kind == ErrorKind::usage && study->contents().probes.empty();
    };
    CHECK_FALSE(study->addProbe(test::sensitivityProbe(), ComputeType::automatic, "cpu"));
    auto perplexity = test::perplexityProbe();
    perplexity.results.pop_back();
    CHECK(refused(perplexity));
    perplexity = test::perplexityProbe();
    perplexity.results[0].tokenNll.pop_back();
    CHECK(refused(perplexity));
    auto passkey = test::passkeyProbe();
    passkey.report.cells[0].index = 2;
    CHECK(refused(passkey));
    auto landscape = test::landscapeProbe();
    landscape.request.axes[1].pairs.end = 5;
    CHECK(refused(landscape));
    auto sensitivity = test::sensitivityProbe();
    sensitivity.report.byRadian.pop_back();
    CHECK(refused(sensitivity));
    auto comparison = test::comparisonProbe();
    comparison.report.differences[0].b = 2;
    CHECK(refused(comparison));
}

TEST_CASE("hostile rows of probes and factor sets are refused with their place") {
    struct Case {
        const char* sql;
        const char* message;
    };
    const Case one = GENERATE(
        Case{"UPDATE factor_set SET factors = x'00'", "factor set, row 1, factors"},
        Case{"UPDATE factor_set SET factors = x''", "1 to 65536 factors"},
        Case{"UPDATE factor_set SET factors = zeroblob(32)", "finite and above 0"},
        Case{"UPDATE factor_set SET name = '' WHERE position = 0", "needs a name"},
        Case{"UPDATE probe SET kind = 'magic' WHERE id = 1", "probe 1: probe: magic"},
        Case{"UPDATE probe SET id = -4 WHERE id = 4", "an id from 1"},
        Case{"UPDATE probe SET result = '{' WHERE id = 2", "probe 2"},
        Case{"UPDATE probe SET result = '[]' WHERE id = 2", "probe 2"},
        Case{"UPDATE probe SET result = (SELECT group_concat('[', '') FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
             "SELECT i + 1 FROM n LIMIT 100000) SELECT i FROM n)) WHERE id = 2",
             "probe 2"},
        Case{"UPDATE probe SET result = replace(result, '\"case\":1', '\"case\":-1') WHERE id = 2", "integer in range"},
        Case{"UPDATE probe SET result = replace(result, '\"case\":1', '\"case\":2') WHERE id = 2", "belong together"},
        Case{"UPDATE probe SET result = replace(result, '\"correct\":1', '\"correct\":1e99') WHERE id = 2",
             "integer in range"},
        Case{"UPDATE probe SET result = replace(result, '\"nan\"', '\"many\"') WHERE id = 4", "a number"},
        Case{"UPDATE probe SET request = replace(request, 'bf16', 'fp8') WHERE id = 4", "a known word"},
        Case{"UPDATE probe SET request = replace(request, 'sliding', 'gliding') WHERE id = 1", "a known name"},
        Case{"UPDATE probe SET request = replace(request, '\"end\":2', '\"end\":200') WHERE id = 3", "no axis"},
        Case{"DELETE FROM probe_series WHERE name = 'nll 1 0'", "series nll 1 0"},
        Case{"UPDATE probe_series SET numbers = x'010203' WHERE name = 'nll 0 1'", "values of 4 bytes"},
        Case{"UPDATE probe_series SET numbers = zeroblob(4000) WHERE name = 'nll 0 1'", "has 1000 NLLs"},
        Case{"UPDATE probe_series SET numbers = zeroblob(16) WHERE name = 'point 1'", "3 numbers"},
        Case{"UPDATE probe_series SET numbers = zeroblob(24) WHERE name = 'point 1'", "one scale per axis"},
        Case{"UPDATE probe_series SET name = 'point 7' WHERE name = 'point 1'", "series point 1"},
        Case{"UPDATE note SET id = 9223372036854775807", "an id from 1"},
        Case{"DROP TABLE probe_series", "table probe_series"});
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "rows.ropescope";
    writeProbes(path);
    test::tamper(path, one.sql);
    INFO(one.sql);
    const auto read = readStudy(path);
    REQUIRE_FALSE(read);
    INFO(read.error().message);
    CHECK(read.error().kind == ErrorKind::input);
    CHECK(read.error().message.find("rows.ropescope") != std::string::npos);
    CHECK(read.error().message.find(one.message) != std::string::npos);
    CHECK_FALSE(Study::open(path));
}
