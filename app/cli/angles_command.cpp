#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/factor_inputs.h"
#include "engine/rope/angles.h"

namespace ropescope::cli {
namespace {

using nlohmann::json;

json toJson(const AngleReport& report) {
    json pairs = json::array();
    for (const PairAngles& pair : report.pairs)
        pairs.push_back({{"pair", pairs.size()},
                         {"period", pair.period},
                         {"rotations_trained", pair.rotationsTrained},
                         {"rotations_target", pair.rotationsTarget},
                         {"disturbance", pair.disturbance},
                         {"reverse_disturbance", pair.reverseDisturbance},
                         {"unseen_fraction", pair.unseenFraction}});
    return {
        {"per_pair", pairs}, {"disturbance", report.disturbance}, {"reverse_disturbance", report.reverseDisturbance}};
}

std::string table(const AngleReport& report, const AngleOptions& options, const FactorSet& set) {
    std::string text = fmt::format("{} at {} positions: mean disturbance {:.6g} nats (reverse {:.6g})\n", set.origin,
                                   options.targetLength, report.disturbance, report.reverseDisturbance);
    text += fmt::format("{:>5} {:>10} {:>14} {:>15} {:>14} {:>12} {:>12} {:>8}\n", "pair", "factor", "tokens a turn",
                        "turns, trained", "turns, target", "disturbance", "reverse", "unseen");
    for (std::size_t index = 0; index < report.pairs.size(); ++index) {
        const PairAngles& pair = report.pairs[index];
        text += fmt::format("{:>5} {:>10.4g} {:>14.2f} {:>15.3f} {:>14.3f} {:>12.6f} {:>12.6f} {:>6.1f} %\n", index,
                            set.factors[index], pair.period, pair.rotationsTrained, pair.rotationsTarget,
                            pair.disturbance, pair.reverseDisturbance, 100 * pair.unseenFraction);
    }
    text.pop_back();
    return text;
}

class AnglesCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "angles"; }
    [[nodiscard]] std::string description() const override {
        return "Compare the rotary angles of a target length with those of training";
    }
    void declare(CLI::App& app) override {
        app.add_option("--target", m_options.targetLength, "Target length in tokens")->required();
        app.add_option("--factors", m_factors, "none, METHOD:SCALE or a factor file");
        app.add_option("--bins", m_options.bins, "Bins of the circle");
        m_geometry.declare(app);
    }
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const auto geometry = m_geometry.requiredGeometry();
        if (!geometry)
            return console.report(geometry.error());
        if (const auto checked = checkAngleOptions(*geometry, m_options); !checked)
            return console.report(checked.error());
        const auto document = readFactors(m_factors, *geometry, {}, console);
        if (!document)
            return console.report(document.error());
        const auto report = compareAngles(*geometry, document->set, m_options);
        if (common.json)
            console.printJson(toJson(report));
        else
            console.print(table(report, m_options, document->set));
        return done;
    }

private:
    std::string m_factors = "none";
    AngleOptions m_options;
    GeometryOptions m_geometry;
};

} // namespace

std::unique_ptr<Command> makeAnglesCommand() {
    return std::make_unique<AnglesCommand>();
}

} // namespace ropescope::cli
