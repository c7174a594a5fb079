#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/factor_inputs.h"
#include "engine/base/resources.h"
#include "engine/factor_file/factor_file.h"
#include "engine/model/model_config.h"
#include "engine/study/study.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

bool isStudy(const std::string& path) {
    constexpr std::string_view magic("SQLite format 3\0", 16);
    std::string start(magic.size(), '\0');
    std::ifstream file(path, std::ios::binary);
    return file.read(start.data(), static_cast<std::streamsize>(start.size())) && start == magic;
}

// The vector of lowest score on the study's current branch.
const StudyEvaluation* bestEvaluation(const StudyContents& study, const StudyBranch& branch) {
    const StudyEvaluation* best = nullptr;
    for (const StudyEvent* event : study.pathTo(branch.head))
        if (const auto* evaluation = std::get_if<StudyEvaluation>(&event->what))
            if (!std::isnan(evaluation->score.perplexity) &&
                (!best || evaluation->score.perplexity < best->score.perplexity))
                best = evaluation;
    return best;
}

// What a finished search reported on the branch, else its best evaluation so far.
Result<FactorDocument> documentOf(const std::string& path) {
    const auto study = readStudy(path);
    if (!study)
        return fail(study.error());
    const StudyBranch* branch = study->branch(study->currentBranch);
    const StudyEvaluation* best = branch ? bestEvaluation(*study, *branch) : nullptr;
    if (!best || !study->search)
        return fail(inputError(path, "study", "at least one evaluation on its current branch", "none"));
    FactorDocument document;
    document.set = {best->candidate.factors, best->candidate.attentionFactor, fmt::format("{}, best evaluation", path)};
    document.evaluation = FactorEvaluation{study->text ? study->text->path : std::string(), study->search->targetLength,
                                           best->score.perplexity};
    if (const auto report = study->reports.find(branch->name); report != study->reports.end()) {
        const json found = json::parse(report->second, nullptr, false);
        if (found.is_object() && found.contains("factors") && found["factors"].is_array() &&
            found["factors"].size() == document.set.factors.size() &&
            found.value("attention_factor", json()).is_number()) {
            document.set = {found["factors"].get<std::vector<double>>(), found["attention_factor"].get<double>(),
                            fmt::format("{}, final vector", path)};
            document.evaluation.reset();
            if (found.value("perplexity", json()).is_number())
                document.evaluation = FactorEvaluation{study->text ? study->text->path : std::string(),
                                                       study->search->targetLength, found["perplexity"].get<double>()};
        }
    }
    document.attentionFactorKnown = true;
    document.targetLength = study->search->targetLength;
    document.method = std::string(methodName(study->search->settings.method));
    if (study->model)
        document.model = FactorModel{study->model->path, study->model->sha256};
    return document;
}

// Both commands write factors in a consumer's format; `export` also takes a study.
class WriteCommand : public Command {
public:
    void declare(CLI::App& app) override {
        std::string formats;
        for (const auto& exporter : factorExporters())
            formats += fmt::format("{}{}", formats.empty() ? "" : ", ", exporter->name());
        app.add_option(sourceName(), m_source, sourceDescription())->required();
        app.add_option("--to", m_format, "One of " + formats)->required();
        app.add_option("--output", m_output, "The file to write")->required();
        app.add_option("--attention-factor", m_attentionFactor, "Instead of what the source gives");
        app.add_option("--target", m_target, "Target length in tokens, where the source does not say")
            ->check(CLI::PositiveNumber);
        m_geometry.declare(app);
    }
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const auto geometry = m_geometry.geometry();
        if (!geometry)
            return console.report(geometry.error());
        auto document = read(*geometry, console);
        if (!document)
            return console.report(document.error());
        if (m_target)
            document->targetLength = m_target;
        const auto written = exportFactors(*document, m_format, m_output);
        if (!written)
            return console.report(written.error());
        print(*written, common, console);
        return done;
    }

protected:
    [[nodiscard]] virtual const char* sourceName() const = 0;
    [[nodiscard]] virtual const char* sourceDescription() const = 0;
    [[nodiscard]] virtual Result<FactorDocument> read(const std::optional<RopeGeometry>& geometry,
                                                      Console& console) const {
        return readFactors(m_source, geometry, m_attentionFactor, console);
    }

    std::string m_source;
    std::optional<double> m_attentionFactor;

private:
    static void print(const FactorExport& written, const CommonOptions& common, Console& console) {
        std::vector<std::string> paths;
        for (const auto& path : written.written)
            paths.push_back(path.string());
        if (common.json)
            return console.printJson({{"written", paths}, {"notes", written.notes}});
        std::string text;
        for (const std::string& path : paths)
            text += fmt::format("wrote {}\n", path);
        for (const std::string& note : written.notes)
            text += fmt::format("note: {}\n", note);
        text.pop_back();
        console.print(text);
    }

    std::string m_format, m_output;
    std::optional<std::int64_t> m_target;
    GeometryOptions m_geometry;
};

class ExportCommand final : public WriteCommand {
public:
    [[nodiscard]] std::string name() const override { return "export"; }
    [[nodiscard]] std::string description() const override {
        return "Write a study's or any factors for the program that will use them";
    }

private:
    [[nodiscard]] const char* sourceName() const override { return "SOURCE"; }
    [[nodiscard]] const char* sourceDescription() const override { return "A study, or FACTORS"; }
    [[nodiscard]] Result<FactorDocument> read(const std::optional<RopeGeometry>& geometry,
                                              Console& console) const override {
        if (!isStudy(m_source))
            return WriteCommand::read(geometry, console);
        auto document = documentOf(m_source);
        if (document && geometry)
            document->fillFrom(*geometry);
        else if (document && document->model)
            // Where the model has moved the person names it: a format that needs it says so.
            if (const auto config = readModelConfig(modelPath(document->model->path)))
                document->fillFrom(config->rope);
        if (document && m_attentionFactor)
            document->set.attentionFactor = *m_attentionFactor;
        return document;
    }
};

class ConvertCommand final : public WriteCommand {
public:
    [[nodiscard]] std::string name() const override { return "convert"; }
    [[nodiscard]] std::string description() const override { return "Convert a factor file to another format"; }

private:
    [[nodiscard]] const char* sourceName() const override { return "IN"; }
    [[nodiscard]] const char* sourceDescription() const override { return "A factor file"; }
};

} // namespace

std::unique_ptr<Command> makeConvertCommand() {
    return std::make_unique<ConvertCommand>();
}

std::unique_ptr<Command> makeExportCommand() {
    return std::make_unique<ExportCommand>();
}

} // namespace ropescope::cli
