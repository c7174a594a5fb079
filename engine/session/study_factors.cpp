#include "engine/session/study_factors.h"

#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "engine/search/events.h"

namespace ropescope {

Result<FactorDocument> studyFactors(const StudyContents& contents, const std::string& name) {
    if (!contents.search)
        return fail(usageError(fmt::format("study {} holds no search, so there are no factors to hand over", name)));
    std::vector<SearchEvent> events;
    for (const StudyEvent* event : contents.pathTo(contents.branch(contents.currentBranch)->head))
        events.push_back(searchEvent(*event));
    const auto method = replayEvents(contents.search->settings, events);
    if (!method)
        return fail(inputError(name, fmt::format("branch {}", contents.currentBranch),
                               "events that fit the search's settings", method.error().message));
    return searchFactors(contents, **method, name);
}

FactorDocument searchFactors(const StudyContents& contents, const SearchMethod& method, const std::string& name) {
    const SearchResult result = method.result();
    FactorDocument document;
    document.set = {result.factors, result.attentionFactor,
                    fmt::format("{}: {} search, {} evaluations{}", std::filesystem::path(name).filename().string(),
                                method.name(), method.evaluations(), method.finished() ? "" : ", not finished")};
    document.fillFrom(contents.model->rope);
    document.targetLength = contents.search->targetLength;
    document.method = method.name();
    document.model = FactorModel{contents.model->path, contents.model->sha256};
    if (result.score)
        document.evaluation = FactorEvaluation{contents.text->path, contents.search->targetLength, *result.score};
    document.attentionFactorKnown = true;
    if (!method.finished())
        document.notes.push_back(
            fmt::format("the search is not finished: about {} evaluations are left", method.evaluationsLeft()));
    return document;
}

const StudyEvent* bestEvaluation(const StudyContents& contents) {
    const StudyEvent* best = nullptr;
    double lowest = std::numeric_limits<double>::infinity();
    for (const StudyEvent& event : contents.events)
        if (const auto* evaluation = std::get_if<StudyEvaluation>(&event.what);
            evaluation && evaluation->score.perplexity < lowest) {
            lowest = evaluation->score.perplexity;
            best = &event;
        }
    return best;
}

} // namespace ropescope
