#include "app/window/study_file.h"

#include "engine/base/resources.h"
#include "engine/session/search_sources.h"

namespace ropescope {

Outcome<Study*> StudyFile::openFor(const Setup& setup, const LabBench& bench, const RunControl& control) {
    const auto study = openOrCreate();
    if (!study)
        return study.error();
    const std::string model = modelPath(setup.modelPath.toStdString()).string();
    const std::string text = textPath(setup.textPath.toStdString()).string();
    const std::string sources = model + '\n' + text;
    const std::string target = std::to_string(setup.targetLength);
    const auto& states = (*study)->contents().viewState;
    if (const auto known = states.find(targetLengthState); known == states.end() || known->second != target)
        if (const auto set = (*study)->setViewState(targetLengthState, target); !set)
            return set.error();
    if (sources == m_sources)
        return *study;
    auto identity = identifyModel(model, control);
    if (auto* error = std::get_if<Error>(&identity))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(identity))
        return Cancelled{};
    if (const auto same = (*study)->setSources(std::get<StudyModel>(identity), identifyText(text, *bench.text)); !same)
        return same.error();
    m_sources = sources;
    return *study;
}

} // namespace ropescope
