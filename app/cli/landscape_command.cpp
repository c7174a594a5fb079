#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/probe_inputs.h"
#include "engine/probe/landscape.h"
#include "engine/session/kept_landscape.h"

namespace ropescope::cli {
namespace {

class LandscapeCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "landscape"; }
    [[nodiscard]] std::string description() const override {
        return "NLL while the factors of one or two segments of pairs are scaled";
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
        app.add_option("--pairs", m_pairs, "Pairs A-B, or one pair, that share a scale; twice for two segments")
            ->required()
            ->allow_extra_args(false)
            ->expected(1, 2);
        app.add_option("--range", m_range, "LO,HI: the scales, 1 being the factor set as it is")
            ->required()
            ->delimiter(',')
            ->expected(2);
        app.add_option("--spacing", m_spacing, "Scales in equal ratios or in equal steps")
            ->check(CLI::IsMember({"log", "linear"}));
        app.add_option("--points", m_points, "Points of a curve, denser where it bends (33); or along each axis (9)");
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        const RunControl control = console.control(std::move(stop));
        LandscapeRequest request;
        if (auto read = readAxes(request); !read)
            return console.report(read.error());
        const auto opened = openProbe(m_options, common, control);
        if (const auto code = exitWithout(opened, console))
            return *code;
        const auto& inputs = std::get<ProbeInputs>(opened);
        auto sets = factorSetsAt(m_options, inputs.model->config(), m_length);
        if (!sets)
            return console.report(sets.error());
        request.base = sets->front();
        request.beginOfText = inputs.beginOfText;
        request.attention = inputs.attention;
        const auto outcome = measure(inputs, request, control);
        if (const auto code = exitWithout(
                outcome, console, inputs.study ? "the points are kept in the study; the same command goes on" : ""))
            return *code;
        const auto& report = std::get<LandscapeReport>(outcome);
        if (common.json)
            console.printJson(toJson(report, request));
        else
            console.print(textOf(report));
        return done;
    }

private:
    [[nodiscard]] static Outcome<LandscapeReport> measure(const ProbeInputs& inputs, const LandscapeRequest& request,
                                                          const RunControl& control) {
        if (inputs.study)
            return measureKeptLandscape(*inputs.study, *inputs.model, inputs.corpus, request, {}, control);
        return measureLandscape(*inputs.model, inputs.corpus, request, {}, control);
    }

    [[nodiscard]] Result<void> readAxes(LandscapeRequest& request) const {
        const ScaleAxis range{m_range[0], m_range[1],
                              m_spacing == "log" ? AxisSpacing::logarithmic : AxisSpacing::linear};
        for (const std::string& word : m_pairs) {
            const auto pairs = parsePairs(word);
            if (!pairs)
                return fail(pairs.error());
            request.axes.push_back({*pairs, range});
        }
        request.points = m_points.value_or(m_pairs.size() == 1 ? 33 : 9);
        request.length = m_length;
        request.windowLimit = m_windows;
        return {};
    }

    [[nodiscard]] nlohmann::json toJson(const LandscapeReport& report, const LandscapeRequest& request) const {
        nlohmann::json points = nlohmann::json::array();
        for (const LandscapePoint& point : report.points)
            points.push_back({{"scale", point.scale}, {"nll", point.nll}});
        nlohmann::json object{{"length", m_length},
                              {"pairs", m_pairs},
                              {"attention", attentionText(request.attention)},
                              {"tokens", report.tokens},
                              {"evaluated", report.evaluated},
                              {"points", points}};
        addFactors(object, request.base);
        return object;
    }

    [[nodiscard]] std::string textOf(const LandscapeReport& report) const {
        return m_pairs.size() == 1 ? curveText(report) : gridText(report);
    }

    [[nodiscard]] static std::string curveText(const LandscapeReport& report) {
        const auto finite = [](const LandscapePoint& point) { return std::isfinite(point.nll); };
        double low = INFINITY;
        double high = -INFINITY;
        for (const LandscapePoint& point : report.points)
            if (finite(point)) {
                low = std::min(low, point.nll);
                high = std::max(high, point.nll);
            }
        constexpr int width = 48;
        std::string text = fmt::format("{:>12} {:>10}", "scale", "nll");
        for (const LandscapePoint& point : report.points) {
            const int bar =
                finite(point) && high > low ? static_cast<int>(width * (point.nll - low) / (high - low)) : 0;
            text += fmt::format("\n{:>12.6g} {:>10.5f} {}{}", point.scale[0], point.nll,
                                std::string(static_cast<std::size_t>(bar), '#'), point.nll == low ? "<- lowest" : "");
        }
        return text;
    }

    [[nodiscard]] std::string gridText(const LandscapeReport& report) const {
        std::string text =
            fmt::format("rows: scale of pairs {}, columns: of pairs {}\n{:>9}", m_pairs[0], m_pairs[1], "");
        const double firstRow = report.points.front().scale[0];
        for (const LandscapePoint& point : report.points)
            if (point.scale[0] == firstRow)
                text += fmt::format(" {:>9.4g}", point.scale[1]);
        double row = NAN;
        for (const LandscapePoint& point : report.points) {
            if (point.scale[0] != row)
                text += fmt::format("\n{:>9.4g}", row = point.scale[0]);
            text += fmt::format(" {:>9.4f}", point.nll);
        }
        return text;
    }

    ProbeOptions m_options;
    std::int64_t m_length = 0;
    std::int64_t m_windows = 1;
    std::vector<std::string> m_pairs;
    std::vector<double> m_range;
    std::string m_spacing = "log";
    std::optional<int> m_points;
};

} // namespace

std::unique_ptr<Command> makeLandscapeCommand() {
    return std::make_unique<LandscapeCommand>();
}

} // namespace ropescope::cli
