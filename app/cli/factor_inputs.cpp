#include "app/cli/factor_inputs.h"

#include <cmath>

#include <fmt/format.h>

#include "app/cli/inputs.h"
#include "engine/base/resources.h"
#include "engine/model/model_config.h"

namespace ropescope::cli {

void GeometryOptions::declare(CLI::App& app) {
    auto* model =
        app.add_option("--model", m_model, "The model whose rotary embedding is meant: folder, .gguf or demo");
    app.add_option("--theta", m_theta, "Base of the rotary embedding, without a model")->excludes(model);
    app.add_option("--head-dim", m_headDim, "Head dimension, without a model")->excludes(model);
    app.add_option("--rotary-dim", m_rotaryDim, "Rotary dimension (the head dimension)")->excludes(model);
    app.add_option("--trained-length", m_trainedLength, "Trained length in tokens, without a model")->excludes(model);
}

Result<std::optional<RopeGeometry>> GeometryOptions::geometry() const {
    if (!m_model.empty()) {
        const auto config = readModelConfig(modelPath(m_model));
        if (!config)
            return fail(config.error());
        return config->rope;
    }
    if (!m_theta && !m_headDim && !m_rotaryDim && !m_trainedLength)
        return std::optional<RopeGeometry>();
    if (!m_theta || !m_headDim || !m_trainedLength)
        return fail(usageError("without --model give all of --theta, --head-dim and --trained-length"));
    const RopeGeometry geometry{*m_headDim, m_rotaryDim.value_or(*m_headDim), *m_theta, *m_trainedLength};
    if (auto checked = checkGeometry(geometry); !checked)
        return fail(checked.error());
    return geometry;
}

Result<RopeGeometry> GeometryOptions::requiredGeometry() const {
    const auto given = geometry();
    if (!given)
        return fail(given.error());
    if (!*given)
        return fail(usageError("give --model, or --theta, --head-dim and --trained-length"));
    return **given;
}

Result<FactorDocument> readFactors(const std::string& spec, const std::optional<RopeGeometry>& geometry,
                                   std::optional<double> attentionFactor, Console& console) {
    if (attentionFactor && !(std::isfinite(*attentionFactor) && *attentionFactor > 0))
        return fail(usageError(fmt::format("the attention factor must be above 0, not {}", *attentionFactor)));
    auto document = factorDocument(spec, geometry);
    if (!document)
        return document;
    for (const std::string& note : document->notes)
        console.message(note);
    if (attentionFactor) {
        document->set.attentionFactor = *attentionFactor;
        document->attentionFactorKnown = true;
    }
    return document;
}

} // namespace ropescope::cli
