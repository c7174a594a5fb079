// Reads traces of unknown origin: everything is checked before it is used.
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/rope/method.h"
#include "engine/search/dcis_start.h"
#include "engine/search/trace.h"

namespace ropescope {
namespace {

using nlohmann::json;

constexpr std::uintmax_t largestFile = std::uintmax_t{1} << 28;
// Limits that keep a hostile trace from asking for more memory or time than a search can need.
constexpr int mostPairs = 4096;
constexpr int mostIncrements = 1000;

// Unwinds to readTraces, which returns the error; nothing leaves this file as an exception.
struct TraceProblem {
    Error error;
};

// A value in the file together with where it stands there.
class Place {
public:
    Place(const json& value, std::string file, std::string path)
        : m_value(value), m_file(std::move(file)), m_path(std::move(path)) {}

    [[noreturn]] void refuse(std::string_view expected, const std::string& found) const {
        throw TraceProblem{inputError(m_file, m_path.empty() ? "document" : m_path, expected, found)};
    }
    [[noreturn]] void refuse(std::string_view expected) const { refuse(expected, shown()); }

    [[nodiscard]] bool isNull() const { return m_value.is_null(); }
    [[nodiscard]] bool has(const char* key) const { return m_value.is_object() && m_value.contains(key); }
    [[nodiscard]] Place at(const char* key) const {
        if (!m_value.is_object())
            refuse("an object");
        const std::string path = m_path.empty() ? key : m_path + "." + key;
        const auto found = m_value.find(key);
        if (found == m_value.end())
            throw TraceProblem{inputError(m_file, path, "a value", "nothing")};
        return {*found, m_file, path};
    }
    [[nodiscard]] std::vector<Place> items() const {
        if (!m_value.is_array())
            refuse("a list");
        std::vector<Place> places;
        for (std::size_t index = 0; index < m_value.size(); ++index)
            places.emplace_back(m_value[index], m_file, fmt::format("{}[{}]", m_path, index));
        return places;
    }

    [[nodiscard]] double number() const {
        if (!m_value.is_number() || !std::isfinite(m_value.get<double>()))
            refuse("a finite number");
        return m_value.get<double>();
    }
    // null is NaN, as Python's recorders write it.
    [[nodiscard]] double numberOrNan() const { return isNull() ? std::numeric_limits<double>::quiet_NaN() : number(); }
    [[nodiscard]] int integer(int low, int high) const {
        const double value = m_value.is_number() ? m_value.get<double>() : low - 1.0;
        if (!(value >= low && value <= high) || value != std::floor(value))
            refuse(fmt::format("a whole number from {} to {}", low, high));
        return static_cast<int>(value);
    }
    [[nodiscard]] std::optional<int> integerOrNone(int low, int high) const {
        return isNull() ? std::nullopt : std::optional(integer(low, high));
    }
    [[nodiscard]] std::string text() const {
        if (!m_value.is_string())
            refuse("text");
        return m_value.get<std::string>();
    }
    // `least` to `most` numbers.
    [[nodiscard]] std::vector<double> numbers(std::size_t least, std::size_t most, bool nullIsNan = false) const {
        const auto places = items();
        if (places.size() < least || places.size() > most)
            refuse(least == most ? fmt::format("{} numbers", least) : fmt::format("{} to {} numbers", least, most),
                   fmt::to_string(places.size()));
        std::vector<double> values;
        for (const Place& place : places)
            values.push_back(nullIsNan ? place.numberOrNan() : place.number());
        return values;
    }
    [[nodiscard]] IncrementWindow window() const {
        const auto ends = numbers(2, 2);
        return {ends[0], ends[1]};
    }
    [[nodiscard]] std::size_t size() const { return items().size(); }

private:
    [[nodiscard]] std::string shown() const {
        std::string text = m_value.dump(-1, ' ', true, json::error_handler_t::replace);
        return text.size() > 60 ? text.substr(0, 57) + "..." : text;
    }

    const json& m_value;
    std::string m_file, m_path;
};

int pairsOf(const Place& trace, const Place& settings) {
    if (settings.has("head_dim")) {
        const int dim = settings.at("head_dim").integer(2, 2 * mostPairs);
        if (dim % 2 != 0)
            settings.at("head_dim").refuse("an even number");
        return dim / 2;
    }
    const Place vector = trace.at(trace.has("initial") ? "initial" : "final");
    if (vector.size() < 1 || vector.size() > mostPairs)
        vector.refuse(fmt::format("1 to {} numbers", mostPairs), fmt::to_string(vector.size()));
    return static_cast<int>(vector.size());
}

DcisOptions readOptions(const Place& settings) {
    DcisOptions options;
    if (settings.has("increments"))
        options.increments = settings.at("increments").integer(2, mostIncrements);
    if (settings.has("top_k"))
        options.top = settings.at("top_k").integer(1, mostIncrements);
    const auto positive = [&](const char* key, double& value) {
        if (!settings.has(key))
            return;
        value = settings.at(key).number();
        if (!(static_cast<float>(value) > 0))
            settings.at(key).refuse("a number above 0");
    };
    positive("range", options.range);
    positive("valid_below", options.maxPerplexity);
    positive("clamp", options.clamp);
    return options;
}

RopeGeometry readGeometry(const Place& settings, int pairs) {
    RopeGeometry geometry;
    geometry.headDim = geometry.rotaryDim = 2 * pairs;
    if (settings.has("base"))
        geometry.theta = settings.at("base").number();
    geometry.trainedLength = settings.at("original_length").integer(1, std::numeric_limits<int>::max());
    return geometry;
}

FactorSet computedStart(const Place& settings, int pairs) {
    const Place init = settings.at("init");
    const std::string name = init.text();
    if (name == "ones")
        return {std::vector<double>(static_cast<std::size_t>(pairs), 1), 1, "ones"};
    const RopeGeometry geometry = readGeometry(settings, pairs);
    const double scale = settings.at("scale").number();
    DcisStartOptions corners;
    if (settings.has("beta_fast"))
        corners.betaFast = settings.at("beta_fast").number();
    if (settings.has("beta_slow"))
        corners.betaSlow = settings.at("beta_slow").number();
    const RopeMethod* method = findRopeMethod(name);
    if (!method)
        init.refuse("ones, yarn, ntk or pi (or the vector itself as \"initial\")");
    auto start = name == "yarn" ? dcisYarnStart(geometry, scale, corners) : method->factors(geometry, scale);
    if (!start)
        settings.refuse("settings that give a start vector", start.error().message);
    return std::move(*start);
}

FactorSet readStart(const Place& trace, const Place& settings, int pairs) {
    if (!trace.has("initial"))
        return computedStart(settings, pairs);
    const auto count = static_cast<std::size_t>(pairs);
    FactorSet start{trace.at("initial").numbers(count, count), 1, "recorded start"};
    for (const Place& factor : trace.at("initial").items())
        if (!(static_cast<float>(factor.number()) > 0) || !std::isfinite(static_cast<float>(factor.number())))
            factor.refuse("a factor above 0");
    return start;
}

SyntheticObjective::Rule readRule(const Place& place, int pairs) {
    SyntheticObjective::Rule rule;
    rule.pair = place.at("pair").integer(0, pairs - 1);
    rule.score = place.at("score").numberOrNan();
    if (place.has("above")) {
        rule.above = place.at("above").number();
    } else if (place.has("below")) {
        rule.below = place.at("below").number();
    } else {
        rule.origin = place.at("origin").number();
        rule.period = place.at("period").number();
        rule.keep = place.at("keep").number();
        if (rule.period == 0)
            place.at("period").refuse("a number other than 0");
    }
    return rule;
}

SyntheticObjective readObjective(const Place& place, int pairs) {
    const auto count = static_cast<std::size_t>(pairs);
    SyntheticObjective objective;
    objective.constant = place.at("constant").number();
    objective.weights = place.at("quadratic").at("w").numbers(count, count);
    objective.targets = place.at("quadratic").at("t").numbers(count, count);
    if (place.has("sine")) {
        objective.amplitudes = place.at("sine").at("a").numbers(count, count);
        objective.rates = place.at("sine").at("k").numbers(count, count);
    }
    if (place.has("cross"))
        objective.products = place.at("cross").at("c").numbers(0, count - 1);
    if (place.has("rules"))
        for (const Place& rule : place.at("rules").items())
            objective.rules.push_back(readRule(rule, pairs));
    if (!place.has("rounding"))
        return objective;
    const Place rounding = place.at("rounding");
    if (rounding.has("grid")) {
        objective.grid = rounding.at("grid").number();
        if (!(*objective.grid > 0))
            rounding.at("grid").refuse("a number above 0");
    } else if (const auto how = rounding.text(); how == "float32") {
        objective.toFloat32 = true;
    } else if (how != "none") {
        rounding.refuse("\"none\", \"float32\" or {\"grid\": number}");
    }
    return objective;
}

Segment readSegment(const Place& place, int pairs) {
    Segment segment;
    segment.first = place.at("first").integer(0, pairs - 1);
    segment.end = place.has("end") ? place.at("end").integer(segment.first + 1, pairs)
                                   : segment.first + place.at("width").integer(1, pairs - segment.first);
    return segment;
}

RecordedSegment readRecordedSegment(const Place& place, int pairs, const DcisOptions& options) {
    const auto count = static_cast<std::size_t>(options.increments);
    RecordedSegment segment;
    segment.segment = readSegment(place, pairs);
    const auto number = [&](const char* key, std::optional<double>& value) {
        if (place.has(key))
            value = place.at(key).number();
    };
    number("lo", segment.low);
    number("hi", segment.high);
    number("step", segment.step);
    number("child_lo", segment.childLow);
    number("child_hi", segment.childHigh);
    if (place.has("level"))
        segment.level = place.at("level").integer(1, 64);
    if (place.has("increments"))
        segment.increments = place.at("increments").numbers(count, count);
    if (place.has("scores"))
        segment.scores = place.at("scores").numbers(count, count, true);
    if (place.has("valid"))
        segment.valid = place.at("valid").integer(0, options.increments);
    if (place.has("best"))
        segment.best = place.at("best").integerOrNone(0, options.increments - 1);
    if (place.has("top")) {
        segment.top.emplace();
        for (const Place& index : place.at("top").items())
            segment.top->push_back(index.integer(0, options.increments - 1));
    }
    const auto width = static_cast<std::size_t>(segment.segment.width());
    if (place.has("lambda_after"))
        segment.factorsAfter = place.at("lambda_after").numbers(width, width);
    return segment;
}

DecisionTree::Node readNode(const Place& place, int pairs, const DcisOptions& options) {
    DecisionTree::Node node;
    node.segment = readSegment(place, pairs);
    node.best = place.at("best").integerOrNone(0, options.increments - 1);
    if (!node.best || !place.has("hull"))
        return node;
    const auto hull = place.at("hull").items();
    if (hull.size() != 2)
        place.at("hull").refuse("two indices", fmt::to_string(hull.size()));
    const int low = hull[0].integer(0, *node.best);
    const int high = hull[1].integer(*node.best, options.increments - 1);
    node.hull = {low, high};
    // The best alone span no hull, and two of them have the winner at an end.
    const bool inside = *node.best != low && *node.best != high;
    if ((options.top == 1 && low != high) || (options.top == 2 && inside))
        place.at("hull").refuse(fmt::format("the hull of the best {}", options.top));
    return node;
}

bool isTree(const Place& trace) {
    if (!trace.has("segments"))
        return false;
    const auto segments = trace.at("segments").items();
    return !segments.empty() && segments.front().has("hull");
}

DecisionTree readTree(const Place& trace, int pairs, const DcisOptions& options) {
    DecisionTree tree;
    for (const Place& node : trace.at("segments").items())
        tree.nodes.push_back(readNode(node, pairs, options));
    if (trace.has("tolerance"))
        tree.tolerance = trace.at("tolerance").number();
    return tree;
}

RecordedSearch readSearch(const Place& trace, int pairs, const DcisOptions& options) {
    RecordedSearch search;
    if (trace.has("objective"))
        search.objective = readObjective(trace.at("objective"), pairs);
    if (trace.has("segments") || !search.objective)
        for (const Place& segment : trace.at("segments").items()) {
            search.segments.push_back(readRecordedSegment(segment, pairs, options));
            if (!search.objective && !search.segments.back().scores)
                segment.refuse("recorded \"scores\", where the trace has no \"objective\"", "neither");
        }
    if (search.segments.empty() && !search.objective)
        trace.at("segments").refuse("at least one segment");
    if (trace.has("final_windows")) {
        for (const Place& window : trace.at("final_windows").items())
            search.finalWindows.push_back(window.window());
        if (search.finalWindows.size() != 2 * static_cast<std::size_t>(pairs))
            trace.at("final_windows")
                .refuse(fmt::format("{} windows", 2 * pairs), fmt::to_string(search.finalWindows.size()));
    }
    if (!trace.has("summary"))
        return search;
    const Place summary = trace.at("summary");
    if (summary.has("evaluations"))
        search.evaluations = summary.at("evaluations").integer(0, std::numeric_limits<int>::max());
    if (summary.has("final_score"))
        search.finalScore =
            summary.at("final_score").isNull() ? std::nullopt : std::optional(summary.at("final_score").number());
    return search;
}

SearchTrace readTrace(const Place& place, const std::string& fallbackName) {
    const Place settings = place.has("settings") ? place.at("settings") : place;
    const int pairs = pairsOf(place, settings);
    const auto count = static_cast<std::size_t>(pairs);
    SearchTrace trace;
    trace.name = place.has("name") ? place.at("name").text() : fallbackName;
    if (place.has("source"))
        trace.source = place.at("source").text();
    trace.options = readOptions(settings);
    trace.start = readStart(place, settings, pairs);
    if (settings.has("original_length"))
        trace.geometry = readGeometry(settings, pairs);
    if (settings.has("scale"))
        trace.scale = settings.at("scale").number();
    const bool tree = isTree(place); // nothing but the final factors tells whether a tree was followed to its end
    if (tree || place.has("final"))
        trace.final = place.at("final").numbers(count, count);
    if (tree)
        trace.record = readTree(place, pairs, trace.options);
    else
        trace.record = readSearch(place, pairs, trace.options);
    return trace;
}

} // namespace

Result<std::vector<SearchTrace>> readTraces(const std::filesystem::path& path) {
    const auto text = readFile(path, largestFile);
    if (!text)
        return fail(text.error());
    const auto document = parseJson(*text, path.string());
    if (!document)
        return fail(document.error());
    try {
        const Place place(*document, path.string(), "");
        std::vector<SearchTrace> traces;
        if (!document->is_array()) {
            traces.push_back(readTrace(place, path.stem().string()));
            return traces;
        }
        for (const Place& one : place.items())
            traces.push_back(readTrace(one, fmt::format("{} {}", path.stem().string(), traces.size() + 1)));
        if (traces.empty())
            place.refuse("at least one trace", "an empty list");
        return traces;
    } catch (const TraceProblem& problem) {
        return fail(problem.error);
    }
}

} // namespace ropescope
