#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/probe_inputs.h"
#include "engine/base/resources.h"
#include "engine/train/cepe_start.h"

namespace ropescope::cli {
namespace {

class CepeInitCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "cepe-init"; }
    [[nodiscard]] std::string description() const override {
        return "Make a CEPE folder from a decoder and an encoder, ready to be trained";
    }
    void declare(CLI::App& app) override {
        app.add_option("DECODER", m_decoder, "A model folder, a .gguf file, or demo")->required();
        app.add_option("--encoder", m_request.encoder,
                       "The encoder's config.json, or its folder: with weights in it they are used, else it begins at "
                       "random")
            ->required();
        app.add_option("--output", m_request.output, "A new folder")->required();
        app.add_option("--init", m_start,
                       "copy: cross-attention begins as the decoder's self-attention; zero: the same, but adding "
                       "nothing at first")
            ->check(CLI::IsMember({"copy", "zero"}));
        app.add_option("--seed", m_request.seed, "Of the encoder's first weights");
    }
    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        m_request.decoder = modelPath(m_decoder);
        m_request.start = m_start == "zero" ? CrossAttentionStart::zero : CrossAttentionStart::copy;
        const auto outcome = writeCepeStart(m_request, console.control(std::move(stop)));
        if (const auto code = exitWithout(outcome, console))
            return *code;
        const std::int64_t parameters = std::get<std::int64_t>(outcome);
        if (common.json)
            console.printJson({{"output", m_request.output.string()}, {"parameters", parameters}, {"init", m_start}});
        else
            console.print(fmt::format("{}: {} parameters, cross-attention {}", m_request.output.string(), parameters,
                                      m_start == "zero" ? "adds nothing yet" : "copied from self-attention"));
        return done;
    }

private:
    std::string m_decoder;
    std::string m_start = "copy";
    CepeStart m_request;
};

} // namespace

std::unique_ptr<Command> makeCepeInitCommand() {
    return std::make_unique<CepeInitCommand>();
}

} // namespace ropescope::cli
