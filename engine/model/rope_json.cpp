#include "engine/model/rope_json.h"

#include <fmt/format.h>

#include "engine/model/config_reader.h"
#include "engine/model/json_fields.h"
#include "engine/rope/attention_factor.h"

namespace ropescope {
namespace {

using nlohmann::json;

constexpr double defaultTheta = 10000;

// The dictionary in force, by name; an empty object where the config has none.
struct RopeDictionary {
    std::string name;
    json values = json::object();
};

// transformers 5 can nest one dictionary per layer type. Layers that turn alike need no distinction.
Result<json> withoutLayerTypes(const json& given, const JsonFields& config, std::string_view name) {
    bool nested = !given.empty() && !given.contains("rope_type") && !given.contains("type");
    for (const auto& [key, value] : given.items())
        nested = nested && (value.is_object() || value.is_null());
    if (!nested)
        return given;
    for (const auto& [layerType, values] : given.items())
        if (values != *given.begin())
            return fail(config.badValue(name, "the same rotary embedding in every layer",
                                        fmt::format("\"{}\" differs from \"{}\"", layerType, given.begin().key())));
    if (given.begin()->is_null())
        return fail(config.badValue(name, "a rotary embedding", "null"));
    return *given.begin();
}

Result<RopeDictionary> findDictionary(const JsonFields& config) {
    for (const std::string name : {"rope_scaling", "rope_parameters"}) {
        const json* given = config.find(name);
        if (!given)
            continue;
        if (!given->is_object())
            return fail(config.badValue(name, "an object", config.shown(name)));
        if (given->empty())
            continue;
        auto values = withoutLayerTypes(*given, config, name);
        if (!values)
            return fail(values.error());
        return RopeDictionary{name, std::move(*values)};
    }
    return RopeDictionary{"rope_parameters", json::object()};
}

// Values of the document itself that the dictionary may hold too, and YaRN's and LongRoPE's common parts.
class RopeReader {
public:
    RopeReader(JsonFields& config, JsonFields& rope, ModelConfig& model)
        : m_config(config), m_rope(rope), m_model(model) {}

    void read() {
        m_model.maxPositions = m_config.integer("max_position_embeddings", 1, longestContext);
        readGeometry();
        readLengths();
        readScaling();
    }

private:
    void readGeometry() {
        const bool neox = m_model.architecture == Architecture::gptNeox;
        const std::string_view thetaKey = neox && !m_config.has("rope_theta") ? "rotary_emb_base" : "rope_theta";
        const std::string_view shareKey =
            neox && !m_config.has("partial_rotary_factor") ? "rotary_pct" : "partial_rotary_factor";
        m_model.rope.theta =
            m_rope.has("rope_theta") ? m_rope.positive("rope_theta") : m_config.positiveOr(thetaKey, thetaElsewhere());
        if (m_model.rope.theta <= 1 && !m_rope.error())
            m_config.refuse(thetaKey, "a base above 1", fmt::format("{}", m_model.rope.theta));
        const double share = m_rope.has("partial_rotary_factor") ? m_rope.positive("partial_rotary_factor")
                                                                 : m_config.positiveOr(shareKey, neox ? 0.25 : 1.0);
        if (share > 1)
            m_config.refuse(shareKey, "at most 1", fmt::format("{}", share));
        else
            m_model.rope.rotaryDim = static_cast<int>(m_model.rope.headDim * share);
        if (m_model.rope.rotaryDim < 2 || m_model.rope.rotaryDim % 2 != 0)
            m_config.refuse(shareKey, "an even rotary dimension of at least 2",
                            fmt::format("{} of head_dim {}", m_model.rope.rotaryDim, m_model.rope.headDim));
    }

    // A config that carries both spellings may name theta only in the newer one.
    double thetaElsewhere() {
        const json* newer = m_config.find("rope_parameters");
        if (!newer || !newer->is_object() || !newer->contains("rope_theta") || !(*newer)["rope_theta"].is_number())
            return defaultTheta;
        return (*newer)["rope_theta"].get<double>();
    }

    void readLengths() {
        constexpr std::string_view key = "original_max_position_embeddings";
        JsonFields& place = m_config.has(key) ? m_config : m_rope;
        m_model.rope.trainedLength = place.integerOr(key, m_model.maxPositions, 1, longestContext);
    }

    void readScaling() {
        std::string type = m_rope.textOr("rope_type", m_rope.textOr("type", "default"));
        if (type == "su" || (type == "yarn" && m_model.architecture == Architecture::phi3))
            type = "longrope"; // names that Phi-3's early configs used
        if (type == "default")
            m_model.scaling = NoScaling{};
        else if (type == "linear")
            m_model.scaling = LinearScaling{m_rope.positive("factor")};
        else if (type == "dynamic")
            m_model.scaling = readDynamic();
        else if (type == "yarn")
            m_model.scaling = readYarn();
        else if (type == "llama3")
            m_model.scaling = readLlama3();
        else if (type == "longrope")
            m_model.scaling = readLongRope();
        else
            m_rope.refuse("rope_type", "default, linear, dynamic, yarn, llama3 or longrope",
                          fmt::format("\"{}\"", type.substr(0, 40)));
    }

    // Grows from max_position_embeddings, whatever else is given.
    DynamicScaling readDynamic() {
        m_model.rope.trainedLength = m_model.maxPositions;
        if (m_model.rope.rotaryDim == 2)
            m_rope.refuse("rope_type", "a rotary dimension above 2 for dynamic scaling", "2");
        const DynamicScaling scaling{m_rope.positive("factor")};
        if (scaling.factor < 1)
            m_rope.refuse("factor", "at least 1", fmt::format("{}", scaling.factor));
        return scaling;
    }

    double factorOrRatio() {
        return m_rope.positiveOr("factor", static_cast<double>(m_model.maxPositions) /
                                               static_cast<double>(m_model.rope.trainedLength));
    }

    YarnScaling readYarn() {
        if (!m_rope.has("factor") && m_model.rope.trainedLength >= m_model.maxPositions)
            m_rope.refuse("factor",
                          "a number above 0, or an original_max_position_embeddings below "
                          "max_position_embeddings",
                          m_rope.shown("factor"));
        YarnScaling scaling;
        scaling.factor = factorOrRatio();
        scaling.betaFast = m_rope.positiveOr("beta_fast", 32);
        scaling.betaSlow = m_rope.positiveOr("beta_slow", 1);
        scaling.truncate = m_rope.booleanOr("truncate", true);
        scaling.originalLength = m_model.rope.trainedLength;
        if (m_rope.has("attention_factor"))
            scaling.attentionFactor = m_rope.positive("attention_factor");
        else if (isTruthy("mscale") && isTruthy("mscale_all_dim"))
            scaling.attentionFactor = yarnMagnitude(scaling.factor, m_rope.positive("mscale")) /
                                      yarnMagnitude(scaling.factor, m_rope.positive("mscale_all_dim"));
        else
            scaling.attentionFactor = yarnMagnitude(scaling.factor, 1);
        return scaling;
    }

    // transformers takes 0 for "not given" here.
    bool isTruthy(std::string_view key) {
        const json* value = m_rope.find(key);
        return value && !(value->is_number() && value->get<double>() == 0);
    }

    static double yarnMagnitude(double scale, double weight) { return 1 + weight * (yarnAttentionFactor(scale) - 1); }

    Llama3Scaling readLlama3() {
        Llama3Scaling scaling;
        scaling.factor = m_rope.positive("factor");
        scaling.lowFrequencyFactor = m_rope.positive("low_freq_factor");
        scaling.highFrequencyFactor = m_rope.positive("high_freq_factor");
        scaling.originalLength = m_model.rope.trainedLength;
        if (scaling.highFrequencyFactor <= scaling.lowFrequencyFactor)
            m_rope.refuse("high_freq_factor", fmt::format("more than low_freq_factor {}", scaling.lowFrequencyFactor),
                          fmt::format("{}", scaling.highFrequencyFactor));
        return scaling;
    }

    LongRopeScaling readLongRope() {
        LongRopeScaling scaling;
        const auto pairs = static_cast<std::size_t>(m_model.rope.pairs());
        scaling.shortFactors = m_rope.positives("short_factor", pairs);
        scaling.longFactors = m_rope.positives("long_factor", pairs);
        scaling.originalLength = m_model.rope.trainedLength;
        scaling.attentionFactor = m_rope.has("attention_factor")
                                      ? m_rope.positive("attention_factor")
                                      : suAttentionFactor(factorOrRatio(), scaling.originalLength);
        return scaling;
    }

    JsonFields& m_config;
    JsonFields& m_rope;
    ModelConfig& m_model;
};

} // namespace

Result<void> readRope(const json& config, const std::string& file, ModelConfig& model) {
    JsonFields document(config, file);
    const auto dictionary = findDictionary(document);
    if (!dictionary)
        return fail(dictionary.error());
    JsonFields rope(dictionary->values, file, dictionary->name);
    RopeReader(document, rope, model).read();
    for (const JsonFields* fields : {&document, &rope})
        if (fields->error())
            return fail(*fields->error());
    return {};
}

} // namespace ropescope
