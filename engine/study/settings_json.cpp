#include "engine/study/settings_json.h"

#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ropescope {
namespace {

using nlohmann::json;

// Every option once: `field` is called with its name and the member, for writing and for reading.
template <class Options, class Field>
void dcisFields(Options& o, Field&& field) {
    field("increments", o.increments);
    field("range", o.range);
    field("top", o.top);
    field("max_perplexity", o.maxPerplexity);
    field("clamp", o.clamp);
    field("order", o.order);
}
template <class Field>
void fields(DcisOptions& o, Field&& field) {
    dcisFields(o, field);
}
template <class Field>
void fields(SafeDcisOptions& o, Field&& field) {
    dcisFields(o, field);
    field("relative_bound", o.relativeBound);
}
template <class Field>
void fields(GradientOptions& o, Field&& field) {
    field("evaluations", o.evaluations);
    field("first_step", o.firstStep);
    field("longest_step", o.longestStep);
    field("learn_attention_factor", o.learnAttentionFactor);
}
template <class Field>
void fields(LongRopeOptions& o, Field&& field) {
    field("scale", o.scale);
    field("population", o.population);
    field("iterations", o.iterations);
    field("mutations", o.mutations);
    field("crossovers", o.crossovers);
    field("parents", o.parents);
    field("probability", o.probability);
    field("grid", o.grid);
    field("seed", o.seed);
}
template <class Field>
void fields(RandomSearchOptions& o, Field&& field) {
    field("evaluations", o.evaluations);
    field("spread", o.spread);
    field("seed", o.seed);
}
template <class Field>
void fields(CmaEsOptions& o, Field&& field) {
    field("evaluations", o.evaluations);
    field("spread", o.spread);
    field("population", o.population);
    field("seed", o.seed);
}

struct Writer {
    json& out;
    template <class T>
    void operator()(const char* name, const T& value) const {
        out[name] = value;
    }
    void operator()(const char* name, double value) const {
        out[name] = value; // infinity becomes null
    }
    void operator()(const char* name, const std::optional<double>& value) const {
        if (value)
            out[name] = *value;
    }
    void operator()(const char* name, VisitOrder order) const {
        out[name] = order == VisitOrder::highPairsFirst ? "high_pairs_first" : "low_pairs_first";
    }
};

struct Reader {
    const json& in;
    template <class T>
    void operator()(const char* name, T& value) const {
        const json& found = in.at(name);
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
            if (!found.is_number_integer() ||
                found.get<double>() > static_cast<double>(std::numeric_limits<T>::max()) ||
                found.get<double>() < static_cast<double>(std::numeric_limits<T>::lowest()))
                throw std::range_error(fmt::format("{} is {}", name, found.dump()));
        found.get_to(value);
    }
    void operator()(const char* name, double& value) const {
        const json& found = in.at(name);
        value = found.is_null() ? std::numeric_limits<double>::infinity() : found.get<double>();
    }
    void operator()(const char* name, std::optional<double>& value) const {
        value.reset();
        if (in.contains(name))
            (*this)(name, value.emplace());
    }
    void operator()(const char* name, VisitOrder& order) const {
        const auto text = in.at(name).get<std::string>();
        if (text != "high_pairs_first" && text != "low_pairs_first")
            throw std::range_error(fmt::format("{} is {}", name, text));
        order = text == "high_pairs_first" ? VisitOrder::highPairsFirst : VisitOrder::lowPairsFirst;
    }
};

template <class Variant>
json objectOf(Variant options) {
    json object = json::object();
    std::visit([&](auto& one) { fields(one, Writer{object}); }, options);
    return object;
}

template <class Variant>
void readObject(const json& object, Variant& options) {
    std::visit([&](auto& one) { fields(one, Reader{object}); }, options);
}

} // namespace

std::string settingsJson(const StudySearch& search) {
    json all = objectOf(search.settings.method);
    all["attention"] = attentionText(search.attention);
    all["dtype"] = search.computeType == ComputeType::bf16 ? "bf16" : "fp32";
    all["batch"] = search.batch;
    all["begin_of_text"] = search.beginOfText;
    all["unseen_windows"] = search.unseenWindows;
    return all.dump();
}

Result<void> readSettings(const std::string& method, const std::string& text, StudySearch& search) {
    const auto options = defaultOptions(method);
    if (!options)
        return fail(inputError("settings", "method", "a known search method", method));
    search.settings.method = *options;
    try {
        const json all = json::parse(text);
        readObject(all, search.settings.method);
        const auto attention = parseAttention(all.at("attention").get<std::string>(), 0);
        if (!attention)
            throw std::range_error(attention.error().message);
        search.attention = *attention;
        const auto type = all.at("dtype").get<std::string>();
        if (type != "fp32" && type != "bf16")
            throw std::range_error(fmt::format("dtype is {}", type));
        search.computeType = type == "bf16" ? ComputeType::bf16 : ComputeType::fp32;
        Reader{all}("batch", search.batch);
        Reader{all}("begin_of_text", search.beginOfText);
        Reader{all}("unseen_windows", search.unseenWindows);
    } catch (const std::exception& problem) {
        return fail(inputError("settings", method, "the method's options", problem.what()));
    }
    return {};
}

} // namespace ropescope
