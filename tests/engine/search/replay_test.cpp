// Recorded searches come out bit for bit, and every kind of departure from the record is noticed.
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/search/dcis_start.h"
#include "engine/search/published_searches.h"
#include "engine/search/replay.h"
#include "engine/search/trace_oracle.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

std::vector<SearchTrace> read(const std::filesystem::path& path) {
    auto traces = readTraces(path);
    if (!traces)
        FAIL(traces.error().message);
    return std::move(*traces);
}

ReplayReport replay(const SearchTrace& trace) {
    auto outcome = replayTrace(trace, RunControl{});
    REQUIRE(std::holds_alternative<ReplayReport>(outcome));
    return std::get<ReplayReport>(outcome);
}

json load(const std::filesystem::path& path) {
    std::ifstream file(path);
    return json::parse(file);
}

std::optional<std::string> differenceOf(const json& trace) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "trace.json";
    std::ofstream(path) << trace.dump();
    return replay(read(path).front()).firstDifference;
}

} // namespace

TEST_CASE("Traces of the authors' program replay bit for bit, from scores and from the function") {
    ROPESCOPE_FIXTURE(folder, "dcis_traces");
    int traces = 0;
    for (const char* file : {"quadratic.json", "threshold.json", "d32.json", "edge_cases.json"})
        for (const SearchTrace& trace : read(folder / file)) {
            INFO(trace.name);
            const ReplayReport report = replay(trace);
            CHECK(!report.firstDifference);
            CHECK(report.final == trace.final);
            REQUIRE(report.objective.has_value());
            CHECK(!report.objective->firstDifference);
            CHECK(report.objective->scoresCompared == report.evaluations);
            CHECK(report.objective->largestRelativeScoreDifference < 1.2e-7);
            ++traces;
        }
    CHECK(traces == 11);
}

TEST_CASE("A trace with only a function replays as well") {
    ROPESCOPE_FIXTURE(path, "dcis_traces/threshold.json");
    auto trace = load(path);
    for (auto& segment : trace["segments"])
        segment.erase("scores");
    CHECK(!differenceOf(trace));
    trace.erase("segments");
    CHECK(!differenceOf(trace));
    json altered = trace;
    altered["final"][10] = trace["final"][10].get<double>() + 1e-6;
    CHECK(differenceOf(altered)->find("final[10]") != std::string::npos);
    trace.erase("final");
    CHECK(!differenceOf(trace));
}

TEST_CASE("A trace without its start vector takes the authors' float32 YaRN") {
    ROPESCOPE_FIXTURE(folder, "dcis_traces");
    for (const char* file : {"quadratic.json", "d32.json"}) {
        auto trace = load(folder / file);
        const auto initial = trace["initial"].get<std::vector<double>>();
        const auto& settings = trace["settings"];
        RopeGeometry geometry;
        geometry.headDim = geometry.rotaryDim = settings["head_dim"];
        geometry.trainedLength = settings["original_length"];
        const auto start = dcisYarnStart(geometry, settings["scale"]);
        REQUIRE(start.has_value());
        CHECK(start->factors == initial);
        trace.erase("initial");
        CHECK(!differenceOf(trace));
    }
}

TEST_CASE("The published Llama 2 searches end at the published factors in 1,260 evaluations") {
    const auto searches = publishedSearches();
    REQUIRE(searches.has_value());
    REQUIRE(searches->size() == 2);
    for (const SearchTrace& trace : *searches) {
        const ReplayReport report = replay(trace);
        CHECK(!report.firstDifference);
        CHECK(report.evaluations == 1260);
        CHECK(report.steps == 126);
        for (std::size_t pair = 0; pair < trace.final.size(); ++pair)
            CHECK(report.final[pair] == Approx(trace.final[pair]).margin(1e-5));
    }
}

TEST_CASE("A published search can be stepped by hand") {
    const auto searches = publishedSearches();
    REQUIRE(searches.has_value());
    const SearchTrace& trace = searches->back();
    const auto oracle = makeTraceOracle(trace);
    auto search = makeSearchMethod(trace.settings());
    REQUIRE(search.has_value());
    for (int step = 0; step < 10; ++step) {
        const Candidate next = (*search)->wanted().front();
        CHECK(next.index == step);
        REQUIRE((*search)->tell(next.id, Score{*oracle->score(next)}).has_value());
    }
    CHECK((*search)->decisions().size() == 1);
    CHECK((*search)->decisions().front().best == 5);
    CHECK((*search)->evaluationsLeft() == 1250);
    // After a locked segment is passed over the record still serves the others.
    REQUIRE((*search)->apply(SkipSegment{}).has_value());
    CHECK(oracle->score((*search)->wanted().front()).has_value());
    Candidate unknown;
    unknown.segment = {3, 11};
    CHECK(!oracle->score(unknown));
}

TEST_CASE("Every recorded number is compared") {
    ROPESCOPE_FIXTURE(path, "dcis_traces/threshold.json");
    const json good = load(path);
    const std::size_t place = 40;
    const auto difference = [&](const char* key, const auto& change) {
        json bad = good;
        change(bad["segments"][place][key]);
        const auto found = differenceOf(bad);
        INFO(key);
        REQUIRE(found.has_value());
        CHECK(found->find("segment 40 (") == 0);
        return *found;
    };
    const auto nudge = [](json& number) { number = std::nextafter(number.get<double>(), 1e9); };
    for (const char* key : {"lo", "hi", "step", "child_lo", "child_hi"})
        CHECK(difference(key, nudge).find(key) != std::string::npos);
    for (const char* key : {"increments", "lambda_after"})
        CHECK(difference(key, [&](json& list) { nudge(list[1]); }).find(std::string(key) + "[1]") != std::string::npos);
    for (const char* key : {"level", "valid"})
        difference(key, [](json& number) { number = number.get<int>() == 3 ? 4 : 3; });
    difference("best", [](json& number) { number = number == 3 ? 4 : 3; });
    difference("best", [](json& number) { number = nullptr; });
    difference("top", [](json& list) { list.erase(0); });

    json bad = good;
    bad["final_windows"][7][1] = 0.5;
    CHECK(differenceOf(bad)->find("final_windows[7][1]") == 0);
    bad = good;
    bad["summary"]["evaluations"] = 1261;
    CHECK(differenceOf(bad).has_value());
    bad = good;
    bad["summary"]["final_score"] = nullptr;
    CHECK(differenceOf(bad).has_value());
    bad = good;
    bad["segments"].erase(125);
    CHECK(differenceOf(bad).has_value());
    bad = good;
    std::swap(bad["segments"][3], bad["segments"][4]);
    CHECK(differenceOf(bad)->find("segment 3") == 0);
}

TEST_CASE("A function that doesn't give the recorded decisions is told apart from the scores") {
    ROPESCOPE_FIXTURE(path, "dcis_traces/quadratic.json");
    json trace = load(path);
    trace["objective"]["quadratic"]["t"][5] = 9.0;
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() / "trace.json") << trace.dump();
    const ReplayReport report = replay(read(folder.path() / "trace.json").front());
    CHECK(!report.firstDifference);
    REQUIRE(report.objective.has_value());
    CHECK(report.objective->firstDifference.has_value());
    CHECK(report.objective->scoresDiffering > 0);
    CHECK(!report.matches());
}

TEST_CASE("A decision tree with a wrong winner or hull is noticed") {
    ROPESCOPE_FIXTURE(path, "dcis_replay/llama2_8x.json");
    json trace = load(path);
    trace["segments"][5]["best"] = 9;
    trace["segments"][5]["hull"] = {7, 9};
    CHECK(differenceOf(trace)->find("final[") == 0);
    trace = load(path);
    std::swap(trace["segments"][5], trace["segments"][6]);
    CHECK(differenceOf(trace)->find("segment 5 ") == 0);
}
