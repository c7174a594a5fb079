#include "engine/session/kept_landscape.h"

#include <utility>

namespace ropescope {

Outcome<LandscapeReport> measureKeptLandscape(Study& study, LanguageModel& model, const Corpus& corpus,
                                              LandscapeRequest request, const LandscapeSink& sink,
                                              const RunControl& control) {
    ProbeId id = 0;
    bool finished = false;
    request.known.clear();
    if (const StudyProbe* begun = study.contents().landscape(request, model.computeType())) {
        const auto& landscape = std::get<LandscapeProbe>(begun->result);
        id = begun->id;
        finished = landscape.finished;
        request.known = landscape.report.points;
    }
    if (sink)
        for (const LandscapePoint& point : request.known)
            if (auto shown = sink(point); !shown)
                return shown.error();
    // A landscape is begun with its first point: a request that can't be measured leaves nothing behind.
    const LandscapeSink keep = [&](const LandscapePoint& point) -> Result<void> {
        if (id == 0) {
            const auto added =
                study.addProbe(LandscapeProbe{request, {}, false}, model.computeType(), model.deviceName());
            if (!added)
                return fail(added.error());
            id = *added;
        }
        auto added = study.addLandscapePoint(id, point);
        return added && sink ? sink(point) : added;
    };
    auto outcome = measureLandscape(model, corpus, request, keep, control);
    if (const auto* report = std::get_if<LandscapeReport>(&outcome); report && !finished)
        if (auto kept = study.finishLandscape(id, *report); !kept)
            return kept.error();
    return outcome;
}

} // namespace ropescope
