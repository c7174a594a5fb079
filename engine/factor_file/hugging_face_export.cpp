#include "engine/factor_file/hugging_face_export.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/rope/attention_factor.h"

namespace ropescope {
namespace {

using nlohmann::json;

// What every consumer of longrope must be told.
struct Serving {
    RopeGeometry geometry;
    std::int64_t targetLength = 0;
    double scale = 1;
};

Result<Serving> servingOf(const FactorDocument& document) {
    const auto geometry = document.geometry();
    if (!geometry)
        return fail(usageError("a configuration needs theta, head dimension and trained length: name the model"));
    if (!document.targetLength)
        return fail(usageError("a configuration needs the length the factors are for: give the target length"));
    if (*document.targetLength < geometry->trainedLength)
        return fail(usageError(fmt::format("the target length {} is below the trained length {}",
                                           *document.targetLength, geometry->trainedLength)));
    return Serving{*geometry, *document.targetLength, *document.scale()};
}

// The share that makes int(headDim * share) the rotary dimension in the consumer's arithmetic.
double rotaryShare(const RopeGeometry& geometry) {
    double share = static_cast<double>(geometry.rotaryDim) / geometry.headDim;
    while (static_cast<int>(geometry.headDim * share) < geometry.rotaryDim)
        share = std::nextafter(share, 2.0);
    return share;
}

// The dictionary as transformers 4 has it. Both lists are the same, so that the factors apply at every length.
json ropeScaling(const FactorDocument& document, const Serving& serving) {
    return {{"rope_type", "longrope"},
            {"factor", serving.scale},
            {"short_factor", document.set.factors},
            {"long_factor", document.set.factors},
            {"attention_factor", document.set.attentionFactor},
            {"original_max_position_embeddings", serving.geometry.trainedLength}};
}

// transformers 5 moves theta and the rotary share into the dictionary.
json ropeParameters(const FactorDocument& document, const Serving& serving) {
    json parameters = ropeScaling(document, serving);
    parameters["rope_theta"] = serving.geometry.theta;
    if (serving.geometry.rotaryDim < serving.geometry.headDim)
        parameters["partial_rotary_factor"] = rotaryShare(serving.geometry);
    return parameters;
}

json topLevel(const Serving& serving) {
    json config = {{"max_position_embeddings", serving.targetLength},
                   {"original_max_position_embeddings", serving.geometry.trainedLength},
                   {"rope_theta", serving.geometry.theta}};
    if (serving.geometry.rotaryDim < serving.geometry.headDim)
        config["partial_rotary_factor"] = rotaryShare(serving.geometry);
    return config;
}

RenderedExport configFile(const json& config, const std::filesystem::path& path) {
    return {{{path, config.dump(1) + "\n"}}, {"both lists hold the same factors, so they apply at every length"}};
}

void noteMagnitude(RenderedExport& result, const FactorDocument& document, const Serving& serving,
                   std::string_view who) {
    const double assumed = suAttentionFactor(serving.scale, serving.geometry.trainedLength);
    if (std::fabs(assumed - document.set.attentionFactor) > 1e-6)
        result.notes.push_back(
            fmt::format("the attention factor is {:.6g}; {} would use sqrt(1 + ln s / ln L) = {:.6g} "
                        "instead, which is another model",
                        document.set.attentionFactor, who, assumed));
}

json transformersKeys(const FactorDocument& document, const Serving& serving, bool v4, bool v5) {
    json config = topLevel(serving);
    if (v4)
        config["rope_scaling"] = ropeScaling(document, serving);
    if (v5)
        config["rope_parameters"] = ropeParameters(document, serving);
    return config;
}

Result<RenderedExport> forTransformers(const FactorDocument& document, const std::filesystem::path& path, bool v4,
                                       bool v5) {
    const auto serving = servingOf(document);
    if (!serving)
        return fail(serving.error());
    RenderedExport result = configFile(transformersKeys(document, *serving, v4, v5), path);
    result.notes.emplace_back("copy these keys into the model's config.json before it is loaded: a change of the "
                              "configuration of a loaded model has no effect");
    result.notes.emplace_back("widen or remove a sliding_window in the configuration, or it hides the longer context");
    noteMagnitude(result, document, *serving, "a program that ignores attention_factor (unsloth does)");
    return result;
}

// vLLM and SGLang take the same dictionary under either name and want the attention factor as two mscales.
Result<RenderedExport> forServer(const FactorDocument& document, const std::filesystem::path& path,
                                 std::string_view command) {
    const auto serving = servingOf(document);
    if (!serving)
        return fail(serving.error());
    json config = topLevel(*serving);
    config["rope_scaling"] = ropeScaling(document, *serving);
    config["rope_parameters"] = ropeParameters(document, *serving);
    for (const char* dictionary : {"rope_scaling", "rope_parameters"})
        for (const char* key : {"short_mscale", "long_mscale"})
            config[dictionary][key] = document.set.attentionFactor;
    RenderedExport result = configFile(config, path);
    result.notes.push_back(
        fmt::format("start the server with: {}", fmt::format(fmt::runtime(command), fmt::arg("path", path.string()),
                                                             fmt::arg("length", serving->targetLength))));
    noteMagnitude(result, document, *serving, "without short_mscale and long_mscale the server");
    result.notes.emplace_back("only models with half-split rotary layout (as Hugging Face stores q and k) are served");
    return result;
}

} // namespace

Result<std::string> huggingFaceKeys(const FactorDocument& document) {
    const auto serving = servingOf(document);
    if (!serving)
        return fail(serving.error());
    return transformersKeys(document, *serving, true, true).dump();
}

Result<RenderedExport> HuggingFaceExporter::render(const FactorDocument& document,
                                                   const std::filesystem::path& path) const {
    return forTransformers(document, path, true, true);
}

Result<RenderedExport> HuggingFaceV4Exporter::render(const FactorDocument& document,
                                                     const std::filesystem::path& path) const {
    return forTransformers(document, path, true, false);
}

Result<RenderedExport> HuggingFaceV5Exporter::render(const FactorDocument& document,
                                                     const std::filesystem::path& path) const {
    return forTransformers(document, path, false, true);
}

Result<RenderedExport> VllmExporter::render(const FactorDocument& document, const std::filesystem::path& path) const {
    auto result =
        forServer(document, path, "vllm serve MODEL --max-model-len {length} --hf-overrides \"$(cat {path})\"");
    if (result)
        result->notes.push_back(
            fmt::format("without --max-model-len vLLM serves the trained length {}; its tables hold "
                        "target plus trained length",
                        *document.trainedLength));
    return result;
}

Result<RenderedExport> SglangExporter::render(const FactorDocument& document, const std::filesystem::path& path) const {
    return forServer(document, path,
                     "python -m sglang.launch_server --model-path MODEL --context-length {length} "
                     "--json-model-override-args \"$(cat {path})\"");
}

} // namespace ropescope
