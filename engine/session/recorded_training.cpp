#include "engine/session/recorded_training.h"

#include <chrono>
#include <stop_token>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/model/model_identity.h"
#include "engine/session/search_sources.h"
#include "engine/train/trainer.h"

namespace ropescope {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds longestUnwritten(1);

// Hears of a run and writes it down. The first failure is kept and stops the run.
class Record {
public:
    Record(const TrainingPlan& plan, const TrainingText& text, Study& study, std::stop_source& stop)
        : m_plan(plan), m_text(text), m_study(study), m_stop(stop),
          m_output(std::filesystem::absolute(plan.output).string()) {}

    void begin(const std::string& planJson) {
        const StudyTraining* before = m_plan.resume ? m_study.contents().training(m_output) : nullptr;
        if (before) {
            m_id = before->id;
            return;
        }
        // What a person needs to find the text again; the run itself is held to the tokens.
        auto kept = nlohmann::json::parse(planJson);
        kept["text path"] = m_text.source().string();
        const auto id =
            m_study.beginTraining(m_output, methodText(m_plan.method),
                                  kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), m_plan.steps);
        if (id)
            m_id = *id;
        else
            note(fail(id.error()));
    }
    void step(const TrainingStep& step) {
        m_steps.push_back({step.step, step.stage, step.loss, step.smoothedLoss, step.learningRate, step.gradientNorm,
                           step.tokensPerSecond});
        if (Clock::now() - m_written >= longestUnwritten)
            write();
    }
    void checkpoint(std::int64_t step, const std::filesystem::path& folder) {
        write();
        auto identity = modelIdentity(folder);
        if (const auto* error = std::get_if<Error>(&identity))
            note(fail(*error));
        else
            note(m_study.addCheckpoint(
                m_id, {step, std::filesystem::absolute(folder).string(), std::get<std::string>(identity)}));
    }
    void write() {
        if (!m_steps.empty())
            note(m_study.addTrainingSteps(m_id, std::exchange(m_steps, {})));
        m_written = Clock::now();
    }
    void finish(const TrainingReport& report) {
        checkpoint(report.steps, report.output); // the finished model
        note(m_study.finishTraining(m_id));
    }
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }

private:
    void note(const Result<void>& result) {
        if (result || m_problem)
            return;
        m_problem = result.error();
        m_problem->message +=
            fmt::format("; the run stopped and goes on from the checkpoint in {} with resume", m_output);
        m_stop.request_stop();
    }

    const TrainingPlan& m_plan;
    const TrainingText& m_text;
    Study& m_study;
    std::stop_source& m_stop;
    std::string m_output;
    TrainingId m_id = 0;
    std::vector<StudyTrainingStep> m_steps;
    Clock::time_point m_written = Clock::now();
    std::optional<Error> m_problem;
};

Outcome<std::monostate> claimStudy(const TrainingPlan& plan, Study& study, const RunControl& control) {
    const auto* model = std::get_if<ExistingModel>(&plan.start);
    if (!model)
        return std::monostate{};
    auto identity = identifyModel(model->path.string(), control);
    if (auto* error = std::get_if<Error>(&identity))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(identity))
        return Cancelled{};
    if (auto same = study.setProbeSources(std::get<StudyModel>(identity), std::nullopt); !same)
        return same.error();
    return std::monostate{};
}

} // namespace

Outcome<TrainingReport> trainRecorded(const TrainingPlan& plan, const TrainingText& text, Study& study,
                                      const TrainingEvents& events, const RunControl& control) {
    auto claimed = claimStudy(plan, study, control);
    if (auto* error = std::get_if<Error>(&claimed))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(claimed))
        return Cancelled{};
    std::stop_source stop;
    const std::stop_callback passedOn(control.stop, [&] { stop.request_stop(); });
    Record record(plan, text, study, stop);
    TrainingEvents both = events;
    both.onBegin = [&](const std::string& planJson) {
        record.begin(planJson);
        if (events.onBegin)
            events.onBegin(planJson);
    };
    both.onStep = [&](const TrainingStep& step) {
        record.step(step);
        if (events.onStep)
            events.onStep(step);
    };
    both.onCheckpoint = [&](std::int64_t step, const std::filesystem::path& folder) {
        record.checkpoint(step, folder);
        if (events.onCheckpoint)
            events.onCheckpoint(step, folder);
    };
    auto outcome = train(plan, text, both, {stop.get_token(), control.onProgress});
    if (const auto* report = std::get_if<TrainingReport>(&outcome))
        record.finish(*report);
    else
        record.write();
    if (record.problem())
        return *record.problem();
    return outcome;
}

} // namespace ropescope
