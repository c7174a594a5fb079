#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/probe_inputs.h"
#include "engine/probe/sensitivity.h"

namespace ropescope::cli {
namespace {

class SensitivityCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "sensitivity"; }
    [[nodiscard]] std::string description() const override {
        return "Exact gradient of the mean NLL with respect to every factor";
    }

    void declare(CLI::App& app) override {
        declareModel(app, m_options);
        declareText(app, m_options);
        declareFactors(app, m_options, false);
        declareAttention(app, m_options);
        declareStudy(app, m_options);
        app.add_option("--length", m_length, "Tokens per window")->required();
        app.add_option("--windows", m_windows, "At most this many windows side by side (0: all of the text)")
            ->check(CLI::NonNegativeNumber);
        app.add_option("--distance", m_distance, "Tokens at which the per-radian column counts phase (0: the length)")
            ->check(CLI::NonNegativeNumber);
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        const RunControl control = console.control(std::move(stop));
        const auto opened = openProbe(m_options, common, control);
        if (const auto code = exitWithout(opened, console))
            return *code;
        const auto& inputs = std::get<ProbeInputs>(opened);
        auto sets = factorSetsAt(m_options, inputs.model->config(), m_length);
        if (!sets)
            return console.report(sets.error());
        SensitivityRequest request;
        request.factors = sets->front();
        request.length = m_length;
        request.windowLimit = m_windows;
        request.distance = m_distance;
        request.beginOfText = inputs.beginOfText;
        request.attention = inputs.attention;
        const auto outcome = measureSensitivity(*inputs.model, inputs.corpus, request, control);
        if (const auto code = exitWithout(outcome, console))
            return *code;
        const auto& report = std::get<SensitivityReport>(outcome);
        if (common.json) {
            nlohmann::json object{{"length", m_length},
                                  {"windows", report.windows},
                                  {"attention", attentionText(inputs.attention)},
                                  {"nll", report.nll},
                                  {"gradient", report.byLogFactor},
                                  {"gradient_per_radian", report.byRadian},
                                  {"distance", report.distance},
                                  {"gradient_attention_factor", report.byAttentionFactor}};
            addFactors(object, request.factors);
            console.printJson(object);
        } else {
            console.print(textOf(report, request.factors));
        }
        if (auto kept = keepProbe(inputs, SensitivityProbe{request, report}, console); !kept)
            return console.report(kept.error());
        return std::isnan(report.nll) ? console.report(gaveNan(inputs)) : static_cast<int>(done);
    }

private:
    [[nodiscard]] static std::string textOf(const SensitivityReport& report, const FactorSet& factors) {
        std::string text = fmt::format("{}: nll {:.4f}, {:+.4e} per unit of attention factor", factors.origin,
                                       report.nll, report.byAttentionFactor);
        text += fmt::format("\n{:>4} {:>12} {:>24} {:>30}", "pair", "factor", "per relative change",
                            fmt::format("per radian at {:g} tokens", report.distance));
        for (std::size_t pair = 0; pair < report.byLogFactor.size(); ++pair)
            text += fmt::format("\n{:>4} {:>12.6g} {:>+24.4e} {:>+30.4e}", pair, factors.factors[pair],
                                report.byLogFactor[pair], report.byRadian[pair]);
        return text;
    }

    ProbeOptions m_options;
    std::int64_t m_length = 0;
    std::int64_t m_windows = 1;
    double m_distance = 0;
};

} // namespace

std::unique_ptr<Command> makeSensitivityCommand() {
    return std::make_unique<SensitivityCommand>();
}

} // namespace ropescope::cli
