#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/study_probes_output.h"
#include "engine/session/study_factors.h"
#include "engine/study/settings_json.h"
#include "engine/study/study.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

json settingsOf(const StudySearch& search) {
    json settings = json::parse(settingsJson(search));
    settings["target_length"] = search.targetLength;
    settings["start"] = {{"origin", search.settings.start.origin},
                         {"factors", search.settings.start.factors},
                         {"attention_factor", search.settings.start.attentionFactor}};
    return settings;
}

struct Counts {
    std::int64_t evaluations = 0, run = 0, edits = 0;
    double seconds = 0;
};

template <class Events>
Counts countsOf(const Events& events) {
    Counts counts;
    for (const StudyEvent* event : events) {
        if (const auto* evaluation = std::get_if<StudyEvaluation>(&event->what)) {
            ++counts.evaluations;
            counts.run += evaluation->reused ? 0 : 1;
            counts.seconds += evaluation->seconds;
        } else {
            ++counts.edits;
        }
    }
    return counts;
}

Counts allCounts(const StudyContents& contents) {
    std::vector<const StudyEvent*> all;
    std::ranges::transform(contents.events, std::back_inserter(all), [](const StudyEvent& event) { return &event; });
    return countsOf(all);
}

json bestOf(const StudyContents& contents) {
    const StudyEvent* event = bestEvaluation(contents);
    if (!event)
        return nullptr;
    const auto& evaluation = std::get<StudyEvaluation>(event->what);
    return {{"event", event->id},
            {"perplexity", evaluation.score.perplexity},
            {"factors", evaluation.candidate.factors},
            {"attention_factor", evaluation.candidate.attentionFactor},
            {"level", evaluation.candidate.level}};
}

json branchesOf(const StudyContents& contents) {
    json branches = json::array();
    for (const StudyBranch& branch : contents.branches) {
        const Counts counts = countsOf(contents.pathTo(branch.head));
        branches.push_back({{"name", branch.name},
                            {"from", branch.from},
                            {"head", branch.head},
                            {"evaluations", counts.evaluations},
                            {"edits", counts.edits},
                            {"current", branch.name == contents.currentBranch},
                            {"finished", contents.reports.contains(branch.name)}});
    }
    return branches;
}

json toJson(const StudyContents& contents) {
    const Counts counts = allCounts(contents);
    json object{{"version", contents.version},
                {"method", nullptr},
                {"settings", nullptr},
                {"evaluations", counts.evaluations},
                {"evaluations_run", counts.run},
                {"edits", counts.edits},
                {"seconds", counts.seconds},
                {"best", bestOf(contents)},
                {"branches", branchesOf(contents)},
                {"factor_sets", factorSetsJson(contents)},
                {"probes", probesJson(contents)},
                {"trainings", trainingsJson(contents)},
                {"notes", json::array()},
                {"model", nullptr},
                {"text", nullptr}};
    for (const StudyNote& note : contents.notes)
        object["notes"].push_back({{"time", note.time}, {"text", note.text}});
    if (contents.search) {
        object["method"] = methodName(contents.search->settings.method);
        object["settings"] = settingsOf(*contents.search);
    }
    if (contents.model)
        object["model"] = {
            {"path", contents.model->path}, {"sha256", contents.model->sha256}, {"summary", contents.model->summary}};
    if (contents.text)
        object["text"] = {
            {"path", contents.text->path}, {"sha256", contents.text->sha256}, {"tokens", contents.text->tokens}};
    if (const auto report = contents.reports.find(contents.currentBranch); report != contents.reports.end())
        object["report"] = json::parse(report->second, nullptr, false);
    return object;
}

std::string sourcesText(const StudyContents& contents) {
    std::string text;
    if (contents.model)
        text += fmt::format("model        {} ({})\n", contents.model->path, contents.model->summary);
    if (contents.text)
        text += fmt::format("text         {} ({} tokens)\n", contents.text->path, contents.text->tokens);
    return text;
}

std::string searchText(const StudyContents& contents) {
    if (!contents.search)
        return "search       none yet";
    const StudySearch& search = *contents.search;
    const Counts counts = allCounts(contents);
    std::string text = fmt::format("search       {} from {} to {} tokens\n", methodName(search.settings.method),
                                   search.settings.start.origin, search.targetLength);
    text += fmt::format("settings     {}\n", settingsJson(search));
    text += fmt::format("evaluations  {} ({} run, {:.1f} s), {} edits\n", counts.evaluations, counts.run,
                        counts.seconds, counts.edits);
    if (const StudyEvent* best = bestEvaluation(contents))
        text += fmt::format("best         {:.4f} at event {}\n", std::get<StudyEvaluation>(best->what).score.perplexity,
                            best->id);
    text += "branches";
    for (const StudyBranch& branch : contents.branches)
        text += fmt::format("\n  {} {}: {} evaluations{}{}", branch.name == contents.currentBranch ? "*" : " ",
                            branch.name, countsOf(contents.pathTo(branch.head)).evaluations,
                            branch.from == noEvent ? "" : fmt::format(", left event {}", branch.from),
                            contents.reports.contains(branch.name) ? ", finished" : "");
    return text;
}

class StudyCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "study"; }
    [[nodiscard]] std::string description() const override { return "Say what a study holds"; }
    void declare(CLI::App& app) override { app.add_option("STUDY", m_study, "A study file")->required(); }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const auto contents = readStudy(m_study);
        if (!contents)
            return console.report(contents.error());
        if (common.json)
            console.printJson(toJson(*contents));
        else
            console.print(sourcesText(*contents) + searchText(*contents) + extrasText(*contents));
        return done;
    }

private:
    std::string m_study;
};

} // namespace

std::unique_ptr<Command> makeStudyCommand() {
    return std::make_unique<StudyCommand>();
}

} // namespace ropescope::cli
