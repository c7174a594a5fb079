#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/factor_inputs.h"
#include "engine/base/resources.h"
#include "engine/factor_file/factor_file.h"
#include "engine/model/model_identity.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

// Both commands write factors in a consumer's format.
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
        auto document = readFactors(m_source, *geometry, m_attentionFactor, console);
        if (!document)
            return console.report(document.error());
        if (m_target)
            document->targetLength = m_target;
        nameModel(*document, console);
        const auto written = exportFactors(*document, m_format, m_output);
        if (!written)
            return console.report(written.error());
        print(*written, common, console);
        return done;
    }

protected:
    [[nodiscard]] virtual const char* sourceName() const = 0;
    [[nodiscard]] virtual const char* sourceDescription() const = 0;
    std::string m_source;
    std::optional<double> m_attentionFactor;

private:
    // --model says which model the factors are for, where they do not say it themselves. A folder without weights has a
    // rotary embedding, but no identity.
    void nameModel(FactorDocument& document, Console& console) const {
        if (document.model || m_geometry.model().empty())
            return;
        const std::string path = modelPath(m_geometry.model()).string();
        const auto identity = modelIdentity(path);
        document.model = FactorModel{portableModelPath(path), {}};
        if (const auto* hash = std::get_if<std::string>(&identity))
            document.model->hash = *hash;
        else if (const auto* error = std::get_if<Error>(&identity))
            console.message("the model's hash is not in the file: " + error->message);
    }

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
