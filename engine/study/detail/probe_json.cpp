#include "engine/study/detail/probe_json.h"

#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "engine/base/json_text.h"

namespace ropescope::detail {
namespace {

using nlohmann::json;

template <class T>
json write(const T& value);
template <class T>
void read(const json& in, T& value);

template <class Value, class T>
concept Of = std::same_as<std::remove_const_t<Value>, T>;

// `describe` names every member of a value once, for both directions.
struct Writer {
    json& out;
    template <class T>
    void operator()(const char* name, const T& value) const {
        out[name] = write(value);
    }
};
struct Reader {
    const json& in;
    template <class T>
    void operator()(const char* name, T& value) const {
        read(in.at(name), value);
    }
};

void describe(Of<FactorSet> auto& v, const auto& field) {
    field("factors", v.factors);
    field("attention_factor", v.attentionFactor);
    field("origin", v.origin);
}
void describe(Of<Estimate> auto& v, const auto& field) {
    field("mean", v.mean);
    field("standard_error", v.standardError);
    field("tokens", v.tokens);
    field("units", v.units);
}
void describe(Of<PositionBin> auto& v, const auto& field) {
    field("first", v.first);
    field("end", v.end);
    field("estimate", v.estimate);
}
void describe(Of<Window> auto& v, const auto& field) {
    field("document", v.document);
    field("begin", v.begin);
    field("end", v.end);
    field("scored_from", v.scoredFrom);
}
void describe(Of<Segment> auto& v, const auto& field) {
    field("first", v.first);
    field("end", v.end);
}
void describe(Of<ScaleAxis> auto& v, const auto& field) {
    field("low", v.low);
    field("high", v.high);
    field("spacing", v.spacing);
}
void describe(Of<LandscapeAxis> auto& v, const auto& field) {
    field("pairs", v.pairs);
    field("range", v.range);
}
void describe(Of<Interval> auto& v, const auto& field) {
    field("low", v.low);
    field("high", v.high);
}
void describe(Of<ChatTemplate> auto& v, const auto& field) {
    field("before", v.before);
    field("after", v.after);
}
void describe(Of<ExactPrompts> auto& v, const auto& field) {
    field("depths", v.depths);
    field("lowest_key", v.lowestKey);
    field("highest_key", v.highestKey);
}
void describe(Of<SlidingProtocol> auto& v, const auto& field) {
    field("stride", v.stride);
}
void describe(Of<LastTokensProtocol> auto& v, const auto& field) {
    field("scored", v.scored);
    field("stride", v.stride);
}
void describe(Of<LandmarkPrompts> auto&, const auto&) {}
void describe(Of<PrefixProtocol> auto&, const auto&) {}
void describe(Of<DisjointProtocol> auto&, const auto&) {}

void describe(Of<PerplexityCase> auto& v, const auto& field) {
    field("factors", v.factors);
    field("length", v.length);
}
void describe(Of<PerplexityRequest> auto& v, const auto& field) {
    field("cases", v.cases);
    field("protocol", v.protocol);
    field("averaging", v.averaging);
    field("begin_of_text", v.beginOfText);
    field("attention", v.attention);
    field("context_tokens", v.contextTokens);
}
void describe(Of<PerplexityResult> auto& v, const auto& field) {
    field("factors", v.factors);
    field("length", v.length);
    field("nll", v.nll);
    field("perplexity", v.perplexity);
    field("tokens_fed", v.tokensFed);
    field("seconds", v.seconds);
    field("peak_memory_bytes", v.peakMemoryBytes);
    field("short_documents", v.shortDocuments);
    field("windows", v.windows);
}

void describe(Of<PasskeyCase> auto& v, const auto& field) {
    field("factors", v.factors);
    field("length", v.length);
}
void describe(Of<PasskeyRequest> auto& v, const auto& field) {
    field("cases", v.cases);
    field("style", v.style);
    field("chat", v.chat);
    field("trials", v.trials);
    field("seed", v.seed);
    field("new_tokens", v.newTokens);
    field("stop_at", v.stopAt);
    field("attention", v.attention);
}
void describe(Of<PasskeyAnswer> auto& v, const auto& field) {
    field("key", v.key);
    field("continuation", v.continuation);
    field("prompt_tokens", v.promptTokens);
    field("correct", v.correct);
}
void describe(Of<PasskeyCell> auto& v, const auto& field) {
    field("case", v.index);
    field("length", v.length);
    field("depth", v.depth);
    field("trials", v.trials);
    field("correct", v.correct);
    field("interval", v.interval);
    field("answers", v.answers);
}
void describe(Of<PasskeyReport> auto& v, const auto& field) {
    field("cells", v.cells);
    field("seconds", v.seconds);
    field("tokens_fed", v.tokensFed);
    field("tokens_without_cache", v.tokensWithoutCache);
}

void describe(Of<LandscapeRequest> auto& v, const auto& field) {
    field("base", v.base);
    field("axes", v.axes);
    field("points", v.points);
    field("length", v.length);
    field("windows", v.windowLimit);
    field("begin_of_text", v.beginOfText);
    field("attention", v.attention);
}
void describe(Of<LandscapeReport> auto& v, const auto& field) {
    field("tokens", v.tokens);
    field("evaluated", v.evaluated);
}

void describe(Of<SensitivityRequest> auto& v, const auto& field) {
    field("factors", v.factors);
    field("length", v.length);
    field("windows", v.windowLimit);
    field("distance", v.distance);
    field("begin_of_text", v.beginOfText);
    field("attention", v.attention);
}
void describe(Of<SensitivityReport> auto& v, const auto& field) {
    field("nll", v.nll);
    field("by_log_factor", v.byLogFactor);
    field("by_radian", v.byRadian);
    field("by_attention_factor", v.byAttentionFactor);
    field("distance", v.distance);
    field("windows", v.windows);
}

void describe(Of<ComparisonRequest> auto& v, const auto& field) {
    field("factor_sets", v.factorSets);
    field("length", v.length);
    field("windows", v.windowLimit);
    field("begin_of_text", v.beginOfText);
    field("attention", v.attention);
}
void describe(Of<PairedDifference> auto& v, const auto& field) {
    field("a", v.a);
    field("b", v.b);
    field("difference", v.difference);
    field("by_position", v.byPosition);
}
void describe(Of<ComparisonReport> auto& v, const auto& field) {
    field("factor_sets", v.factorSets);
    field("nll", v.nll);
    field("by_position", v.byPosition);
    field("differences", v.differences);
    field("windows", v.windows);
    field("windows_are_units", v.windowsAreUnits);
    field("short_documents", v.shortDocuments);
}

void describe(Of<PerplexityProbe> auto& v, const auto& field) {
    field("results", v.results);
}
void describe(Of<LandscapeProbe> auto& v, const auto& field) {
    field("report", v.report);
    field("finished", v.finished);
}
template <class Probe>
concept Reported = Of<Probe, PasskeyProbe> || Of<Probe, SensitivityProbe> || Of<Probe, ComparisonProbe>;
void describe(Reported auto& v, const auto& field) {
    field("report", v.report);
}

// Values that are one word each.
template <class T>
struct Words;
template <>
struct Words<AxisSpacing> {
    static constexpr std::pair<AxisSpacing, const char*> all[] = {{AxisSpacing::linear, "linear"},
                                                                  {AxisSpacing::logarithmic, "log"}};
};
template <>
struct Words<Averaging> {
    static constexpr std::pair<Averaging, const char*> all[] = {{Averaging::byToken, "tokens"},
                                                                {Averaging::byWindow, "windows"}};
};
template <>
struct Words<ComputeType> {
    static constexpr std::pair<ComputeType, const char*> all[] = {{ComputeType::fp32, "fp32"},
                                                                  {ComputeType::bf16, "bf16"}};
};

// Alternatives by name, in the order of the variant.
template <class T>
struct Alternatives;
template <>
struct Alternatives<WindowProtocol> {
    static constexpr const char* names[] = {"prefix", "sliding", "disjoint", "last_tokens"};
};
template <>
struct Alternatives<PromptStyle> {
    static constexpr const char* names[] = {"exact", "landmark"};
};

[[noreturn]] void wrong(const char* expected, const json& found) {
    throw std::range_error(fmt::format("expected {}, found {:.60}", expected, found.dump()));
}

json writeNumber(double value) {
    if (std::isfinite(value))
        return value;
    return std::isnan(value) ? "nan" : (value > 0 ? "inf" : "-inf");
}

double readNumber(const json& in) {
    if (in.is_number())
        return in.get<double>();
    if (in == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (in == "inf" || in == "-inf")
        return in == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    wrong("a number", in);
}

template <class T>
void readInteger(const json& in, T& value) {
    const bool fits = in.is_number_unsigned() ? std::in_range<T>(in.get<std::uint64_t>())
                                              : in.is_number_integer() && std::in_range<T>(in.get<std::int64_t>());
    if (!fits)
        wrong("an integer in range", in);
    value = in.get<T>();
}

template <class T, std::size_t index = 0>
void readAlternative(const json& in, T& value) {
    if constexpr (index == std::variant_size_v<T>)
        wrong("a known name", in);
    else if (in.at("name") == Alternatives<T>::names[index])
        describe(value.template emplace<index>(), Reader{in});
    else
        readAlternative<T, index + 1>(in, value);
}

template <class T>
constexpr bool isVector = false;
template <class T>
constexpr bool isVector<std::vector<T>> = true;
template <class T>
constexpr bool isOptional = false;
template <class T>
constexpr bool isOptional<std::optional<T>> = true;
template <class T>
concept Worded = requires {
    Words<T>::all;
};
template <class T>
concept Alternating = requires {
    Alternatives<T>::names;
};

template <class T>
json write(const T& value) {
    if constexpr (std::is_same_v<T, double>)
        return writeNumber(value);
    else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>)
        return value;
    else if constexpr (std::is_same_v<T, AttentionForm>)
        return attentionText(value);
    else if constexpr (isOptional<T>)
        return value ? write(*value) : json();
    else if constexpr (isVector<T>) {
        json list = json::array();
        for (const auto& one : value)
            list.push_back(write(one));
        return list;
    } else if constexpr (Worded<T>) {
        for (const auto& [one, word] : Words<T>::all)
            if (one == value)
                return word;
        return nullptr;
    } else {
        json object = json::object();
        if constexpr (Alternating<T>) {
            object["name"] = Alternatives<T>::names[value.index()];
            std::visit([&](auto& one) { describe(one, Writer{object}); }, value);
        } else {
            describe(value, Writer{object});
        }
        return object;
    }
}

template <class T>
void read(const json& in, T& value) {
    if constexpr (std::is_same_v<T, double>)
        value = readNumber(in);
    else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>)
        in.get_to(value);
    else if constexpr (std::is_arithmetic_v<T>)
        readInteger(in, value);
    else if constexpr (std::is_same_v<T, AttentionForm>) {
        auto form = parseAttention(in.get<std::string>(), 0);
        if (!form)
            throw std::range_error(form.error().message);
        value = *form;
    } else if constexpr (isOptional<T>) {
        value.reset();
        if (!in.is_null())
            read(in, value.emplace());
    } else if constexpr (isVector<T>) {
        value.clear();
        if (!in.is_array())
            wrong("a list", in);
        for (const json& one : in)
            read(one, value.emplace_back());
    } else if constexpr (Worded<T>) {
        for (const auto& [one, word] : Words<T>::all)
            if (in == word) {
                value = one;
                return;
            }
        wrong("a known word", in);
    } else if constexpr (Alternating<T>) {
        readAlternative(in, value);
    } else {
        describe(value, Reader{in});
    }
}

template <std::size_t index = 0>
void emplaceKind(const std::string& kind, ProbeResult& result) {
    if constexpr (index == std::variant_size_v<ProbeResult>)
        throw std::range_error(fmt::format("expected a kind of probe known here, found {:.60}", kind));
    else {
        result.emplace<index>();
        if (probeKind(result) != kind)
            emplaceKind<index + 1>(kind, result);
    }
}

// Continuations are whatever a model said: bytes that are no text become the replacement character.
std::string dump(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

ProbeText probeText(const StudyProbe& probe) {
    return std::visit(
        [&](const auto& one) {
            return ProbeText{dump({{"dtype", write(probe.computeType)},
                                   {"device", write(probe.device)},
                                   {"request", write(one.request)}}),
                             dump(write(one))};
        },
        probe.result);
}

Result<void> readProbeText(const std::string& kind, const ProbeText& text, StudyProbe& probe) {
    try {
        emplaceKind(kind, probe.result);
        const auto request = parseJson(text.request, "request");
        if (!request)
            return fail(request.error());
        const auto result = parseJson(text.result, "result");
        if (!result)
            return fail(result.error());
        read(request->at("dtype"), probe.computeType);
        read(request->at("device"), probe.device);
        std::visit(
            [&](auto& one) {
                read(request->at("request"), one.request);
                read(*result, one);
            },
            probe.result);
    } catch (const std::exception& problem) { // of the JSON library, or one of the above
        return fail(inputError("probe", kind, "its request and report", problem.what()));
    }
    return {};
}

} // namespace ropescope::detail
