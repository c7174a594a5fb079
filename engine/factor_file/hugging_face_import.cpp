#include "engine/factor_file/hugging_face_import.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/json_text.h"
#include "engine/model/config_reader.h"
#include "engine/model/json_fields.h"
#include "engine/model/rope_json.h"

namespace ropescope {
namespace {

using nlohmann::json;

// Completes a fragment to what the reader of whole configurations wants.
class FragmentCompleter {
public:
    FragmentCompleter(json& config, const FactorSource& source) : m_config(config), m_source(source) {}

    void complete() {
        if (!m_config.contains("rope_scaling") && !m_config.contains("rope_parameters") &&
            (m_config.contains("rope_type") || m_config.contains("type") || m_config.contains("long_factor")))
            m_config = json{{"rope_scaling", m_config}};
        for (const char* name : {"rope_scaling", "rope_parameters"})
            if (m_config.contains(name) && m_config[name].is_object() && m_rope.empty())
                m_rope = m_config[name];
        if (m_source.geometry)
            completeFrom(*m_source.geometry);
        if (!says("head_dim") && !says("hidden_size") && !says("partial_rotary_factor") &&
            m_rope.contains("long_factor") && m_rope["long_factor"].is_array())
            m_config["head_dim"] = 2 * m_rope["long_factor"].size();
        completeLengths();
    }

private:
    [[nodiscard]] bool says(const char* key) const {
        const auto held = [&](const json& object) { return object.contains(key) && !object[key].is_null(); };
        return held(m_config) || held(m_rope);
    }

    void completeFrom(const RopeGeometry& geometry) {
        if (!says("rope_theta") && !says("rotary_emb_base"))
            m_config["rope_theta"] = geometry.theta;
        if (!says("head_dim") && !says("hidden_size"))
            m_config["head_dim"] = geometry.headDim;
        // Half a dimension more, so that truncation in the reader gives the dimension itself.
        if (!says("partial_rotary_factor") && !says("rotary_pct") && geometry.rotaryDim < geometry.headDim)
            m_config["partial_rotary_factor"] = (geometry.rotaryDim + 0.5) / geometry.headDim;
        if (!says("original_max_position_embeddings") && !says("max_position_embeddings"))
            m_config["original_max_position_embeddings"] = geometry.trainedLength;
    }

    // A fragment without max_position_embeddings is for factor x its original length.
    void completeLengths() {
        constexpr auto original = "original_max_position_embeddings";
        if (m_config.contains("max_position_embeddings"))
            return;
        const json& place = m_config.contains(original) ? m_config : m_rope;
        if (!place.contains(original) || !place[original].is_number())
            return;
        double length = place[original].get<double>();
        if (m_rope.contains("factor") && m_rope["factor"].is_number())
            length *= std::max(1.0, m_rope["factor"].get<double>());
        if (length >= 1 && length <= static_cast<double>(longestContext))
            m_config["max_position_embeddings"] = static_cast<std::int64_t>(std::round(length));
    }

    json& m_config;
    const FactorSource& m_source;
    json m_rope = json::object();
};

Architecture architectureOf(const json& config) {
    const std::string type = config.contains("model_type") && config["model_type"].is_string()
                                 ? config["model_type"].get<std::string>()
                                 : std::string();
    if (type == "phi3")
        return Architecture::phi3;
    return type == "gpt_neox" ? Architecture::gptNeox : Architecture::llama;
}

Result<ModelConfig> rotaryPart(const json& config, const std::string& file) {
    ModelConfig model;
    model.sourcePath = file;
    model.architecture = architectureOf(config);
    JsonFields fields(config, file);
    if (fields.has("head_dim")) {
        model.rope.headDim = static_cast<int>(fields.integer("head_dim", 2, widestHead));
    } else if (fields.has("hidden_size") && fields.has("num_attention_heads")) {
        model.rope.headDim = static_cast<int>(fields.integer("hidden_size", 2, widestLayer) /
                                              fields.integer("num_attention_heads", 1, mostHeads));
    } else {
        return fail(
            inputError(file, "head_dim", "the head dimension (name the model that the fragment is for)", "none"));
    }
    if (fields.error())
        return fail(*fields.error());
    if (auto read = readRope(config, file, model); !read)
        return fail(read.error());
    return model;
}

void describe(FactorDocument& document, const ModelConfig& model) {
    document.fillFrom(model.rope);
    document.method = std::string(name(model.scaling));
    document.attentionFactorKnown = true;
    if (model.maxPositions > model.rope.trainedLength)
        document.targetLength = model.maxPositions;
    if (const auto* lists = std::get_if<LongRopeScaling>(&model.scaling)) {
        if (lists->shortFactors != lists->longFactors)
            document.notes.push_back(fmt::format("the long factors are taken; up to {} tokens the configuration uses "
                                                 "its short ones",
                                                 model.rope.trainedLength));
    } else if (std::holds_alternative<DynamicScaling>(model.scaling)) {
        document.notes.push_back(fmt::format("dynamic factors depend on the sequence's length; these are for {} tokens",
                                             model.maxPositions));
    }
}

} // namespace

bool HuggingFaceImporter::recognises(const FactorSource& source) const {
    const auto first = source.content.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && source.content[first] == '{';
}

Result<FactorDocument> HuggingFaceImporter::read(const FactorSource& source) const {
    const std::string file = source.path.string();
    auto config = parseJson(source.content, file);
    if (!config)
        return fail(config.error());
    bool rotary = false;
    for (const char* key :
         {"rope_scaling", "rope_parameters", "rope_theta", "rotary_emb_base", "rope_type", "type", "long_factor"})
        rotary = rotary || config->contains(key);
    if (!rotary)
        return fail(
            inputError(file, "document", "\"factors\", \"rope_scaling\" or \"rope_parameters\"", "none of them"));
    FragmentCompleter(*config, source).complete();
    const auto model = rotaryPart(*config, file);
    if (!model)
        return fail(model.error());
    // Longrope's long list applies from one position beyond the trained length on.
    const bool lists = std::holds_alternative<LongRopeScaling>(model->scaling);
    auto set = factorsAt(*model, std::max(model->maxPositions, model->rope.trainedLength + (lists ? 1 : 0)));
    if (!set)
        return fail(inputError(file, "rope scaling", "a scaling that can be computed", set.error().message));
    FactorDocument document;
    document.set = std::move(*set);
    document.set.origin = fmt::format("{} in {}", name(model->scaling), source.path.filename().string());
    describe(document, *model);
    return document;
}

} // namespace ropescope
