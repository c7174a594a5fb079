#include <optional>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/factor_inputs.h"
#include "app/cli/inputs.h"
#include "app/cli/training_options.h"
#include "app/cli/training_output.h"
#include "engine/base/resources.h"
#include "engine/session/recorded_training.h"
#include "engine/train/token_cache.h"
#include "engine/train/trainer.h"
#include "engine/train/training_estimate.h"

namespace ropescope::cli {
namespace {

class TrainCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "train"; }
    [[nodiscard]] std::string description() const override {
        return "Train a model with given factors, or from scratch: on tokens, on patches, with low-rank adapters, as "
               "CEPE";
    }

    void declare(CLI::App& app) override {
        auto* model = app.add_option("MODEL", m_model, "A model folder, a .gguf file, or demo");
        app.add_option("--from-scratch", m_config, "A config.json or its folder: train a new model of that shape")
            ->excludes(model);
        app.add_option("--tokenizer", m_tokenizer,
                       "Model folder or tokenizer file of the text; the model's own otherwise");
        app.add_option("--text", m_text, "A text file, a folder of them, .jsonl, .json with ids, or demo")->required();
        app.add_flag("--in-order", m_inOrder,
                     "Sequences in the order of the text, again from the start at its end; as for .json with ids");
        app.add_option("--factors", m_factors,
                       "none, METHOD:SCALE (pi, ntk, yarn, llama3, dprope) or a file; the model's own where not given");
        app.add_option("--attention-factor", m_attentionFactor, "Overrides the factors' own")
            ->check(CLI::PositiveNumber);
        declareTraining(app, m_options);
        app.add_option("--output", m_output, "New folder for the trained model and, meanwhile, its checkpoints")
            ->required();
        app.add_option("--study", m_study,
                       "Study file that keeps the run's steps and checkpoints, begun where there is none");
        app.add_option("--token-cache", m_cache,
                       "File for the tokenised text, made where it is missing or of another text, and kept. Otherwise "
                       "the study's name with .tokens, kept for its other runs; without a study the output's name with "
                       ".tokens, removed when the run is finished");
        app.add_flag("--estimate", m_estimateOnly, "Say what the run would take, and stop there");
        app.add_flag("--resume", m_resume, "Go on from the newest checkpoint in the output folder");
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        auto plan = planFor(common, console);
        if (!plan)
            return console.report(plan.error());
        const RunControl control = console.control(std::move(stop));
        // Without anyone to read it, the time is not worth timing a layer.
        const auto outlook = estimateTraining(*plan, m_estimateOnly || !common.quiet, control);
        if (const auto* error = std::get_if<Error>(&outlook))
            return console.report(*error);
        if (std::holds_alternative<Cancelled>(outlook))
            return console.reportCancelled("nothing was begun");
        const auto& estimate = std::get<TrainingEstimate>(outlook);
        if (m_estimateOnly) {
            showEstimate(estimate, common, console);
            return done;
        }
        console.message(estimateText(estimate));
        auto study = openStudy();
        if (!study)
            return console.report(study.error());
        const auto tokens = readText(*plan, control);
        if (const auto* error = std::get_if<Error>(&tokens))
            return console.report(*error);
        if (std::holds_alternative<Cancelled>(tokens))
            return console.reportCancelled("nothing was begun");
        const auto& text = std::get<CachedText>(tokens);
        TrainingLines lines(console);
        TrainingEvents events;
        events.onStep = [&](const TrainingStep& step) { lines.show(step); };
        events.onMessage = [&](const std::string& message) { console.message(message); };
        const auto outcome =
            *study ? trainRecorded(*plan, text, **study, events, control) : train(*plan, text, events, control);
        if (const auto* error = std::get_if<Error>(&outcome))
            return console.report(*error);
        if (std::holds_alternative<Cancelled>(outcome))
            return console.reportCancelled(
                fmt::format("the steps that were finished are in {}; --resume goes on", m_output));
        removeOwnCache(console);
        showReport(std::get<TrainingReport>(outcome), estimate, common, console);
        return done;
    }

private:
    [[nodiscard]] Result<TrainingPlan> planFor(const CommonOptions& common, Console& console) const {
        if (m_model.empty() == m_config.empty())
            return fail(usageError("name either a MODEL to go on from or --from-scratch CONFIG"));
        auto plan = trainingPlan(m_options);
        if (!plan)
            return plan;
        if (m_config.empty())
            plan->start = ExistingModel{modelPath(m_model)};
        else
            plan->start = FromScratch{m_config};
        plan->tokenizer = m_tokenizer.empty() ? "" : modelPath(m_tokenizer);
        plan->device = deviceOptions(common);
        plan->output = m_output;
        plan->resume = m_resume;
        if (auto stages = planStages(*plan); !stages)
            return fail(stages.error());
        const auto config = readModelConfig(trainingSource(*plan));
        if (!config)
            return fail(config.error());
        if (m_factors.empty() && m_attentionFactor)
            return fail(usageError("--attention-factor goes with --factors"));
        if (!m_factors.empty()) {
            auto factors = readFactors(m_factors, config->rope, m_attentionFactor, console);
            if (!factors)
                return fail(factors.error());
            plan->factors = std::move(*factors);
        }
        return plan;
    }

    [[nodiscard]] Result<std::optional<Study>> openStudy() const {
        if (m_study.empty())
            return std::nullopt;
        auto study = Study::openOrCreate(m_study);
        if (!study)
            return fail(study.error());
        return std::optional<Study>(std::move(*study));
    }

    [[nodiscard]] std::filesystem::path cachePlace() const {
        if (!m_cache.empty())
            return m_cache;
        return std::filesystem::absolute(m_study.empty() ? m_output : m_study).string() + ".tokens";
    }

    // No later run looks for a file named after this one's output.
    void removeOwnCache(Console& console) const {
        if (!m_cache.empty() || !m_study.empty())
            return;
        std::error_code problem;
        std::filesystem::remove(cachePlace(), problem);
        if (problem)
            console.message(fmt::format("cannot remove {}: {}", cachePlace().string(), problem.message()));
    }

    // Tokenised once: beside the study, which may see several runs, or else beside the output.
    [[nodiscard]] Outcome<CachedText> readText(const TrainingPlan& plan, const RunControl& control) const {
        const auto config = readModelConfig(trainingSource(plan));
        if (!config)
            return config.error();
        const auto path = textPath(m_text);
        std::filesystem::path tokenizer = plan.tokenizer.empty() ? trainingSource(plan) : plan.tokenizer;
        if (plan.tokenizer.empty() && tokenizer.extension() == ".json")
            tokenizer = std::filesystem::absolute(tokenizer).parent_path();
        return CachedText::open(cachePlace(), path, tokenizer, config->vocabulary,
                                path.extension() == ".json" || m_inOrder, control);
    }

    std::string m_model, m_config, m_tokenizer, m_text, m_factors, m_output, m_study, m_cache;
    std::optional<double> m_attentionFactor;
    TrainingOptions m_options;
    bool m_inOrder = false, m_resume = false, m_estimateOnly = false;
};

} // namespace

std::unique_ptr<Command> makeTrainCommand() {
    return std::make_unique<TrainCommand>();
}

} // namespace ropescope::cli
