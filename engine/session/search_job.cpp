#include "engine/session/search_job.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/base/resources.h"
#include "engine/probe/scoring.h"
#include "engine/session/job_step.h"
#include "engine/session/search_conclusion.h"
#include "engine/session/search_session.h"
#include "engine/session/search_sources.h"
#include "engine/session/window_scorer.h"

namespace ropescope {
namespace {

// Everything a running search needs, opened.
struct OpenSearch {
    Study study;
    SearchText text;
    std::shared_ptr<LanguageModel> model;
};

void warnOfStart(double initial, const StudySearch& search, const Notice& notice) {
    const auto bound = absoluteBound(search.settings.method);
    if (std::isnan(initial))
        notice(fmt::format("the start ({}) gives NaN: if all candidates do, check the model at its trained length and "
                           "try --dtype fp32",
                           search.settings.start.origin));
    else if (bound && !(initial < *bound))
        notice(fmt::format("the start ({}) has perplexity {:.4g}, and only candidates below {:.4g} are valid: the "
                           "search may find none. If so, start again in a new study with --max-perplexity {:.0f} or "
                           "--mode safe",
                           search.settings.start.origin, initial, *bound, std::ceil(10 * initial)));
}

// Scores to the end, compares, and keeps the report in the study.
Outcome<SearchReport> finish(OpenSearch& open, const Notice& notice, const RunControl& control) {
    const StudySearch search = *open.study.contents().search;
    WindowScorer scorer(*open.model, open.text.searchedIds(), search.attention);
    auto session = SearchSession::open(open.study, scorer);
    if (!session)
        return session.error();
    auto initial = session->scoreReference("initial", search.settings.start, control);
    if (!isReport(initial))
        return passOn<SearchReport>(initial);
    warnOfStart(std::get<double>(initial), search, notice);

    auto end = session->advance(Extent::end, {}, control);
    if (!isReport(end))
        return passOn<SearchReport>(end);
    return concludeSearch(*session, open.study, *open.model, open.text, control);
}

StudySearch searchOf(const SearchRequest& request, ComputeType type) {
    StudySearch search;
    search.settings = request.settings;
    search.targetLength = request.targetLength;
    search.attention = request.attention;
    search.computeType = type;
    search.batch = request.batch;
    search.beginOfText = request.beginOfText;
    search.unseenWindows = request.unseenWindows;
    return search;
}

Error holdsSearch(const Study& study) {
    return usageError(fmt::format("study {} holds a search already ({} evaluations): go on with `ropescope resume {}`, "
                                  "or name another file",
                                  study.path().string(), study.contents().events.size(), study.path().string()));
}

// Whether what lies there now is what the search began with.
Result<void> checkUnchanged(const Study& study, const StudyModel& model, const StudyText& text) {
    const auto differs = [&](const char* what, const std::string& path, const std::string& before,
                             const std::string& now) {
        return fail(inputError(path, fmt::format("the {} of study {}", what, study.path().string()),
                               fmt::format("content with SHA-256 {:.12}...", before),
                               fmt::format("{:.12}...: it changed since the search began, so old and new scores would "
                                           "not be comparable",
                                           now)));
    };
    const StudyContents& contents = study.contents();
    if (model.sha256 != contents.model->sha256)
        return differs("model", model.path, contents.model->sha256, model.sha256);
    if (text.sha256 != contents.text->sha256)
        return differs("text", text.path, contents.text->sha256, text.sha256);
    return {};
}

} // namespace

Outcome<SearchReport> runSearch(const SearchRequest& request, const Notice& notice, const RunControl& control) {
    if (request.batch < 1 || request.unseenWindows < 0)
        return usageError(fmt::format("a batch of at least 1 and at least 0 unseen windows are needed, got {} and {}",
                                      request.batch, request.unseenWindows));
    if (auto method = makeSearchMethod(request.settings); !method)
        return method.error();
    auto text = openSearchText(request.model, request.text, request.targetLength, request.beginOfText);
    if (!text)
        return text.error();
    // Before the weights are loaded: a study that can't be written is better known now.
    auto study = Study::openOrCreate(request.study);
    if (!study)
        return study.error();
    if (study->contents().search)
        return holdsSearch(*study);
    auto identity = identifyModel(request.model, control);
    if (!isReport(identity))
        return passOn<SearchReport>(identity);
    auto model = loadLanguageModel(request.model, request.device, control);
    if (!isReport(model))
        return passOn<SearchReport>(model);
    OpenSearch open{std::move(*study), std::move(*text), std::get<0>(std::move(model))};
    if (auto fits = checkFactors(request.settings.start, open.model->config()); !fits)
        return fits.error();
    if (auto begun =
            open.study.beginSearch(std::get<StudyModel>(identity), identifyText(request.text, open.text.corpus),
                                   searchOf(request, open.model->computeType()));
        !begun)
        return begun.error();
    return finish(open, notice, control);
}

Outcome<SearchReport> resumeSearch(const ResumeRequest& request, const Notice& notice, const RunControl& control) {
    auto study = Study::open(request.study);
    if (!study)
        return study.error();
    const StudyContents& contents = study->contents();
    if (!contents.search)
        return usageError(fmt::format("study {} holds no search to resume", request.study));
    if (const auto report = contents.reports.find(contents.currentBranch); report != contents.reports.end()) {
        auto read = readReport(report->second, request.study);
        if (!read)
            return read.error();
        return std::move(*read);
    }
    const StudySearch search = *contents.search;
    const std::string modelFile = request.model.value_or(modelPath(contents.model->path).string());
    const std::string textFile = request.text.value_or(textPath(contents.text->path).string());
    auto text = openSearchText(modelFile, textFile, search.targetLength, search.beginOfText);
    if (!text)
        return text.error();
    auto identity = identifyModel(modelFile, control);
    if (!isReport(identity))
        return passOn<SearchReport>(identity);
    const auto& modelNow = std::get<StudyModel>(identity);
    const StudyText textNow = identifyText(textFile, text->corpus);
    if (auto unchanged = checkUnchanged(*study, modelNow, textNow); !unchanged)
        return unchanged.error();
    if (modelNow.path != contents.model->path || textNow.path != contents.text->path)
        if (auto moved = study->moveSources(modelNow.path, textNow.path); !moved)
            return moved.error();
    DeviceOptions device = request.device;
    device.type = search.computeType;
    auto model = loadLanguageModel(modelFile, device, control);
    if (!isReport(model))
        return passOn<SearchReport>(model);
    OpenSearch open{std::move(*study), std::move(*text), std::get<0>(std::move(model))};
    if (auto fits = checkFactors(search.settings.start, open.model->config()); !fits)
        return fits.error();
    return finish(open, notice, control);
}

} // namespace ropescope
