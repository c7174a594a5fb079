// Malformed traces are input errors that name the place.
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/search/trace.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

// Two pairs, two increments, everything that can be recorded.
json smallTrace() {
    return json::parse(R"({
        "name": "small",
        "settings": {"increments": 2, "top_k": 1, "valid_below": 50, "clamp": 0.0001, "range": 1, "head_dim": 4},
        "initial": [2, 3], "final": [2, 3],
        "objective": {"constant": 1, "quadratic": {"w": [1, 1], "t": [2, 3]}, "rules": [{"pair": 0, "above": 9, "score": null}],
                      "sine": {"a": [1, 1], "k": [1, 1]}, "cross": {"c": [0.5]}, "rounding": {"grid": 16}},
        "segments": [
            {"first": 1, "end": 2, "level": 1, "increments": [-1, 1], "scores": [null, 60], "best": null, "top": [],
             "lambda_after": [3]},
            {"first": 0, "end": 1, "scores": [70, 80]}],
        "final_windows": [[-1, 1], [-1, 1], [-1, 1], [-1, 1]],
        "summary": {"evaluations": 4, "final_score": null}})");
}

Result<std::vector<SearchTrace>> readText(const std::string& text) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "bad.json";
    std::ofstream(path) << text;
    return readTraces(path);
}

// The message of the input error after the change at a JSON pointer (null erases).
std::string refusal(const char* pointer, const json& value) {
    json trace = smallTrace();
    const json::json_pointer place(pointer);
    if (value.is_discarded())
        trace.at(place.parent_pointer()).erase(place.back());
    else
        trace[place] = value;
    const auto result = readText(trace.dump());
    REQUIRE(!result);
    CHECK(result.error().kind == ErrorKind::input);
    CHECK(result.error().message.find("bad.json") != std::string::npos);
    return result.error().message;
}

bool names(const std::string& message, const std::string& place) {
    INFO(message);
    return message.find(place) != std::string::npos;
}

} // namespace

TEST_CASE("A whole small trace is read") {
    const auto traces = readText(smallTrace().dump());
    REQUIRE(traces.has_value());
    const SearchTrace& trace = traces->front();
    CHECK(trace.options.increments == 2);
    CHECK(trace.start.factors == std::vector<double>{2, 3});
    const auto& record = std::get<RecordedSearch>(trace.record);
    CHECK(record.segments.size() == 2);
    CHECK(std::isnan(record.objective->score(std::vector<double>{10, 3})));
    CHECK(record.finalScore.has_value());
    CHECK(!*record.finalScore);
    CHECK(readText(json::array({smallTrace(), smallTrace()}).dump())->size() == 2);
}

TEST_CASE("Malformed traces name the place") {
    const json gone(json::value_t::discarded);
    CHECK(names(refusal("/final", {1, 2, 3}), "final: expected 2 numbers, found 3"));
    CHECK(names(refusal("/final/1", "x"), "final[1]: expected a finite number, found \"x\""));
    CHECK(names(refusal("/initial/0", 0), "initial[0]: expected a factor above 0"));
    CHECK(names(refusal("/initial/0", 1e300), "initial[0]"));
    CHECK(names(refusal("/settings/increments", 1), "settings.increments: expected a whole number from 2"));
    CHECK(names(refusal("/settings/increments", 1e12), "settings.increments"));
    CHECK(names(refusal("/settings/increments", 2.5), "settings.increments"));
    CHECK(names(refusal("/settings/head_dim", 1000000000), "settings.head_dim"));
    CHECK(names(refusal("/settings/head_dim", 5), "settings.head_dim"));
    CHECK(names(refusal("/settings/clamp", 0), "settings.clamp"));
    CHECK(names(refusal("/settings/range", -1), "settings.range"));
    CHECK(names(refusal("/segments", 5), "segments: expected a list, found 5"));
    CHECK(names(refusal("/segments/0", 5), "segments[0]"));
    CHECK(names(refusal("/segments/0/first", -1), "segments[0].first"));
    CHECK(names(refusal("/segments/0/end", 9), "segments[0].end"));
    CHECK(names(refusal("/segments/0/best", 2), "segments[0].best"));
    CHECK(names(refusal("/segments/0/top", {0, 7}), "segments[0].top[1]"));
    CHECK(names(refusal("/segments/0/scores", {1}), "segments[0].scores: expected 2 numbers, found 1"));
    CHECK(names(refusal("/segments/0/lambda_after", {1, 2}), "segments[0].lambda_after"));
    CHECK(names(refusal("/objective/quadratic/w", {1}), "objective.quadratic.w"));
    CHECK(names(refusal("/objective/cross/c", {1, 2}), "objective.cross.c"));
    CHECK(names(refusal("/objective/rules/0/pair", 2), "objective.rules[0].pair"));
    CHECK(names(refusal("/objective/rules/0/above", gone), "objective.rules[0].origin"));
    CHECK(names(refusal("/objective/rounding", "odd"), "objective.rounding"));
    CHECK(names(refusal("/objective/rounding", {{"grid", 0}}), "objective.rounding.grid"));
    CHECK(names(refusal("/final_windows", json::array({{0, 1}})), "final_windows"));
    CHECK(names(refusal("/final_windows/0", {0}), "final_windows[0]"));
    CHECK(names(refusal("/summary/evaluations", -1), "summary.evaluations"));
    CHECK(names(refusal("/name", 5), "name: expected text"));
}

TEST_CASE("A trace needs scores or a function, and a start") {
    json trace = smallTrace();
    trace.erase("objective");
    CHECK(readText(trace.dump()).has_value());
    trace["segments"][1].erase("scores");
    CHECK(names(readText(trace.dump()).error().message, "segments[1]"));
    trace = smallTrace();
    trace.erase("final");
    CHECK(readText(trace.dump())->front().final.empty());
    trace["segments"][0]["hull"] = {0, 1};
    CHECK(names(readText(trace.dump()).error().message, "final: expected a value, found nothing"));
    trace = smallTrace();
    trace.erase("initial");
    CHECK(names(readText(trace.dump()).error().message, "settings.init"));
    trace["settings"]["init"] = "magic";
    trace["settings"]["original_length"] = 256;
    trace["settings"]["scale"] = 4;
    CHECK(names(readText(trace.dump()).error().message, "settings.init: expected ones, yarn"));
    trace["settings"]["init"] = "pi";
    CHECK(readText(trace.dump())->front().start.factors == std::vector<double>{4, 4});
    trace["settings"]["scale"] = -4;
    CHECK(names(readText(trace.dump()).error().message, "settings"));
}

TEST_CASE("What isn't a trace at all is an input error") {
    for (const char* text : {"", "{", "[]", "5", "null", "{}", "[{}]", "\"text\"", "[1, 2]", "{\"final\": [1e999]}",
                             "{\"final\": [NaN]}", "\xff\xfe"}) {
        const auto result = readText(text);
        INFO(text);
        REQUIRE(!result);
        CHECK(result.error().kind == ErrorKind::input);
    }
    CHECK(!readText(std::string(100000, '[')));
    CHECK(!readTraces("/nonexistent/trace.json"));
}

TEST_CASE("Decision trees that no search can follow are refused") {
    json tree =
        json::parse(R"({"head_dim": 4, "increments": 10, "top_k": 3, "range": 5, "initial": [1, 1], "final": [1, 1],
        "segments": [{"first": 1, "width": 1, "best": 4, "hull": [3, 5]}, {"first": 0, "width": 1, "best": null}]})");
    REQUIRE(readText(tree.dump()).has_value());
    json bad = tree;
    bad["segments"][0]["hull"] = {5, 6};
    CHECK(names(readText(bad.dump()).error().message, "segments[0].hull[0]"));
    bad["segments"][0]["hull"] = {3};
    CHECK(names(readText(bad.dump()).error().message, "segments[0].hull"));
    bad = tree;
    bad["top_k"] = 2;
    CHECK(names(readText(bad.dump()).error().message, "segments[0].hull"));
    bad = tree;
    bad["segments"][0].erase("width");
    CHECK(names(readText(bad.dump()).error().message, "segments[0].width"));
}
