#include "engine/session/search_report.h"

#include <limits>

#include <nlohmann/json.hpp>

namespace ropescope {
namespace {

using nlohmann::json;

json toJson(const UnseenComparison& unseen) {
    return {{"windows", unseen.windows},
            {"tokens", unseen.tokens},
            {"unscaled_perplexity", unseen.unscaledPerplexity},
            {"initial_perplexity", unseen.initialPerplexity},
            {"perplexity", unseen.perplexity},
            {"difference", unseen.difference},
            {"standard_error", unseen.standardError},
            {"units", unseen.windowsAreUnits ? "windows" : "runs of tokens"},
            {"unit_count", unseen.units}};
}

double number(const json& object, const char* name) {
    const json& value = object.at(name);
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

UnseenComparison unseenFrom(const json& object) {
    UnseenComparison unseen;
    unseen.windows = object.at("windows").get<std::int64_t>();
    unseen.tokens = object.at("tokens").get<std::int64_t>();
    unseen.unscaledPerplexity = number(object, "unscaled_perplexity");
    unseen.initialPerplexity = number(object, "initial_perplexity");
    unseen.perplexity = number(object, "perplexity");
    unseen.difference = number(object, "difference");
    unseen.standardError = number(object, "standard_error");
    unseen.windowsAreUnits = object.at("units").get<std::string>() == "windows";
    unseen.units = object.at("unit_count").get<std::int64_t>();
    return unseen;
}

SearchReport reportFrom(const json& object) {
    SearchReport report;
    report.method = object.at("method").get<std::string>();
    report.branch = object.at("branch").get<std::string>();
    report.targetLength = object.at("target_length").get<std::int64_t>();
    const json& initial = object.at("initial");
    report.initial = {initial.at("factors").get<std::vector<double>>(), number(initial, "attention_factor"),
                      initial.at("origin").get<std::string>()};
    report.found = {object.at("factors").get<std::vector<double>>(), number(object, "attention_factor"),
                    object.at("origin").get<std::string>()};
    report.clamped = object.at("clamped").get<int>();
    report.unscaledPerplexity = number(object, "unscaled_perplexity");
    report.initialPerplexity = number(object, "initial_perplexity");
    report.perplexity = number(object, "perplexity");
    report.evaluations = object.at("evaluations").get<std::int64_t>();
    report.evaluationsRun = object.at("evaluations_run").get<std::int64_t>();
    report.seconds = number(object, "seconds");
    if (!object.at("unseen").is_null())
        report.unseen = unseenFrom(object.at("unseen"));
    return report;
}

} // namespace

std::string reportJson(const SearchReport& report) {
    const json object{{"method", report.method},
                      {"branch", report.branch},
                      {"target_length", report.targetLength},
                      {"initial",
                       {{"origin", report.initial.origin},
                        {"factors", report.initial.factors},
                        {"attention_factor", report.initial.attentionFactor}}},
                      {"origin", report.found.origin},
                      {"factors", report.found.factors},
                      {"attention_factor", report.found.attentionFactor},
                      {"clamped", report.clamped},
                      {"unscaled_perplexity", report.unscaledPerplexity},
                      {"initial_perplexity", report.initialPerplexity},
                      {"perplexity", report.perplexity},
                      {"evaluations", report.evaluations},
                      {"evaluations_run", report.evaluationsRun},
                      {"seconds", report.seconds},
                      {"unseen", report.unseen ? toJson(*report.unseen) : json()}};
    return object.dump();
}

Result<SearchReport> readReport(const std::string& text, const std::string& source) {
    try {
        return reportFrom(json::parse(text));
    } catch (const json::exception& problem) {
        return fail(inputError(source, "report", "a finished search's report", problem.what()));
    }
}

} // namespace ropescope
