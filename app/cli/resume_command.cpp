#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/search_output.h"
#include "engine/base/resources.h"
#include "engine/session/search_job.h"

namespace ropescope::cli {
namespace {

class ResumeCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "resume"; }
    [[nodiscard]] std::string description() const override {
        return "Go on with the search of a study; a finished one is reported again";
    }

    void declare(CLI::App& app) override {
        app.add_option("STUDY", m_study, "A study file that `search` made")->required();
        app.add_option("--output", m_output, "Write the found factors to this file (the project's JSON)");
        app.add_option("--model", m_model, "Where the model lies now, if it moved");
        app.add_option("--text", m_text, "Where the text lies now, if it moved");
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        if (const auto writable = checkOutput(m_output); !writable)
            return console.report(writable.error());
        ResumeRequest request;
        request.study = m_study;
        request.device = deviceOptions(common);
        if (!m_model.empty())
            request.model = modelPath(m_model).string();
        if (!m_text.empty())
            request.text = textPath(m_text).string();
        const auto outcome = resumeSearch(
            request, [&](const std::string& text) { console.message(text); }, console.control(std::move(stop)));
        return finishSearch(outcome, m_study, m_output, common, console);
    }

private:
    std::string m_study, m_output, m_model, m_text;
};

} // namespace

std::unique_ptr<Command> makeResumeCommand() {
    return std::make_unique<ResumeCommand>();
}

} // namespace ropescope::cli
