#include "engine/factor_file/json_format.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/json_text.h"

namespace ropescope {
namespace {

using nlohmann::json;

constexpr std::string_view formatName = "ropescope-factors";
constexpr int formatVersion = 1;

// Reads the optional keys of one object; the first value of a wrong kind is kept as the error.
class Fields {
public:
    Fields(const json& object, const std::string& file, std::string within)
        : m_object(object), m_file(file), m_within(std::move(within)) {}

    void text(const char* key, std::string& out) {
        if (const json* value = present(key, "a text", [](const json& held) { return held.is_string(); }))
            out = value->get<std::string>();
    }
    template <class Number>
    void number(const char* key, std::optional<Number>& out) {
        if (const json* value = present(key, "a number", [](const json& held) { return held.is_number(); }))
            out = value->get<Number>();
    }
    // A count above 0 that fits the type.
    template <class Number>
    void count(const char* key, std::optional<Number>& out) {
        const json* value =
            present(key, "a whole number above 0", [](const json& held) { return held.is_number_integer(); });
        if (!value)
            return;
        const auto limit = std::numeric_limits<Number>::max();
        if (value->is_number_unsigned()
                ? value->get<std::uint64_t>() == 0 || value->get<std::uint64_t>() > static_cast<std::uint64_t>(limit)
                : value->get<std::int64_t>() < 1)
            refuse(key, fmt::format("a whole number from 1 to {}", limit), value->dump());
        else
            out = value->get<Number>();
    }
    const json* object(const char* key) {
        return present(key, "an object", [](const json& held) { return held.is_object(); });
    }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    const json* present(const char* key, std::string_view expected, bool (*is)(const json&)) {
        if (!m_object.contains(key) || m_object[key].is_null())
            return nullptr;
        const json& value = m_object[key];
        if (is(value))
            return &value;
        refuse(key, expected, value.type_name());
        return nullptr;
    }
    void refuse(const char* key, std::string_view expected, std::string_view found) {
        if (!m_error)
            m_error = inputError(m_file, m_within + key, expected, found);
    }

    const json& m_object;
    const std::string& m_file;
    std::string m_within;
    std::optional<Error> m_error;
};

Result<std::vector<double>> numbers(const json& list, const std::string& file) {
    if (!list.is_array())
        return fail(inputError(file, "factors", "a list of numbers", list.type_name()));
    std::vector<double> values;
    for (const json& value : list) {
        if (!value.is_number())
            return fail(inputError(file, fmt::format("factors[{}]", values.size()), "a number", value.type_name()));
        values.push_back(value.get<double>());
    }
    return values;
}

json toJson(const FactorDocument& document) {
    json object = {{"format", formatName},
                   {"version", formatVersion},
                   {"factors", document.set.factors},
                   {"attention_factor", document.set.attentionFactor}};
    const auto put = [&](const char* key, const auto& value) {
        if (value)
            object[key] = *value;
    };
    put("theta", document.theta);
    put("head_dim", document.headDim);
    put("rotary_dim", document.rotaryDim);
    put("trained_length", document.trainedLength);
    put("target_length", document.targetLength);
    if (!document.set.origin.empty())
        object["origin"] = document.set.origin;
    if (!document.method.empty())
        object["method"] = document.method;
    if (document.model)
        object["model"] = {{"path", document.model->path}, {"hash", document.model->hash}};
    if (document.evaluation)
        object["evaluation"] = {{"text", document.evaluation->text},
                                {"length", document.evaluation->length},
                                {"perplexity", document.evaluation->perplexity}};
    return object;
}

void readModel(const json& object, const std::string& file, FactorDocument& document, std::optional<Error>& error) {
    Fields fields(object, file, "model.");
    fields.text("path", document.model.emplace().path);
    fields.text("hash", document.model->hash);
    error = fields.error();
}

void readEvaluation(const json& object, const std::string& file, FactorDocument& document,
                    std::optional<Error>& error) {
    Fields fields(object, file, "evaluation.");
    std::optional<std::int64_t> length;
    std::optional<double> perplexity;
    fields.text("text", document.evaluation.emplace().text);
    fields.count("length", length);
    fields.number("perplexity", perplexity);
    document.evaluation->length = length.value_or(0);
    document.evaluation->perplexity = perplexity.value_or(0);
    error = fields.error();
}

} // namespace

bool JsonImporter::recognises(const FactorSource& source) const {
    const auto first = source.content.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && source.content[first] == '{' &&
           source.content.find("\"factors\"") != std::string_view::npos;
}

Result<FactorDocument> JsonImporter::read(const FactorSource& source) const {
    const std::string file = source.path.string();
    const auto parsed = parseJson(source.content, file);
    if (!parsed)
        return fail(parsed.error());
    if (!parsed->is_object() || !parsed->contains("factors"))
        return fail(inputError(file, "document", "an object with \"factors\"", "none at its top"));
    auto factors = numbers((*parsed)["factors"], file);
    if (!factors)
        return fail(factors.error());
    FactorDocument document;
    document.set.factors = std::move(*factors);
    Fields fields(*parsed, file, "");
    std::optional<int> version;
    std::optional<double> attentionFactor;
    fields.count("version", version);
    if (version.value_or(formatVersion) > formatVersion)
        return fail(
            inputError(file, "version", fmt::format("{} or older", formatVersion), fmt::format("{}", *version)));
    fields.number("attention_factor", attentionFactor);
    fields.number("theta", document.theta);
    fields.count("head_dim", document.headDim);
    fields.count("rotary_dim", document.rotaryDim);
    fields.count("trained_length", document.trainedLength);
    fields.count("target_length", document.targetLength);
    fields.text("origin", document.set.origin);
    fields.text("method", document.method);
    document.set.attentionFactor = attentionFactor.value_or(1);
    document.attentionFactorKnown = attentionFactor.has_value();
    std::optional<Error> inner;
    if (const json* model = fields.object("model"))
        readModel(*model, file, document, inner);
    if (const json* evaluation = fields.object("evaluation"); evaluation && !inner)
        readEvaluation(*evaluation, file, document, inner);
    if (fields.error() || inner)
        return fail(fields.error() ? *fields.error() : *inner);
    return document;
}

std::string factorJson(const FactorDocument& document) {
    return toJson(document).dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<RenderedExport> JsonExporter::render(const FactorDocument& document, const std::filesystem::path& path) const {
    return RenderedExport{{{path, factorJson(document)}}, {}};
}

} // namespace ropescope
