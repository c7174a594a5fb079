#include <numbers>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/factor_inputs.h"

namespace ropescope::cli {
namespace {

std::string table(const RopeGeometry& geometry, const FactorDocument& document) {
    const auto frequencies = inverseFrequencies(geometry, document.set);
    std::string text = fmt::format("{}: {} factors, attention factor {:.6g}\n", document.set.origin,
                                   document.set.factors.size(), document.set.attentionFactor);
    text += fmt::format("{:>5} {:>12} {:>18} {:>16} {:>20}\n", "pair", "factor", "inverse frequency", "tokens a turn",
                        "turns when trained");
    for (int pair = 0; pair < geometry.pairs(); ++pair) {
        const double factor = document.set.factors[static_cast<std::size_t>(pair)];
        const double wavelength = 2 * std::numbers::pi / frequency(geometry, pair);
        text += fmt::format("{:>5} {:>12.6g} {:>18.9g} {:>16.2f} {:>20.3f}\n", pair, factor,
                            frequencies[static_cast<std::size_t>(pair)], wavelength * factor,
                            static_cast<double>(geometry.trainedLength) / wavelength);
    }
    text.pop_back();
    return text;
}

class FactorsCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "factors"; }
    [[nodiscard]] std::string description() const override { return "Print a factor vector"; }
    void declare(CLI::App& app) override {
        app.add_option("FACTORS", m_factors, "none, METHOD:SCALE or a factor file")->required();
        app.add_option("--attention-factor", m_attentionFactor, "Instead of what the method or file gives");
        m_geometry.declare(app);
    }
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token) override {
        const auto geometry = m_geometry.requiredGeometry();
        if (!geometry)
            return console.report(geometry.error());
        const auto document = readFactors(m_factors, *geometry, m_attentionFactor, console);
        if (!document)
            return console.report(document.error());
        if (common.json)
            console.printJson({{"factors", document->set.factors},
                               {"attention_factor", document->set.attentionFactor},
                               {"inverse_frequencies", inverseFrequencies(*geometry, document->set)},
                               {"origin", document->set.origin},
                               {"theta", geometry->theta},
                               {"head_dim", geometry->headDim},
                               {"rotary_dim", geometry->rotaryDim},
                               {"trained_length", geometry->trainedLength}});
        else
            console.print(table(*geometry, *document));
        return done;
    }

private:
    std::string m_factors;
    std::optional<double> m_attentionFactor;
    GeometryOptions m_geometry;
};

} // namespace

std::unique_ptr<Command> makeFactorsCommand() {
    return std::make_unique<FactorsCommand>();
}

} // namespace ropescope::cli
