// One run of the trainer: sequences in, optimizer steps, checkpoints, a model folder out. Raises and stops by
// exceptions; train() guards it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/base/run_control.h"
#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/network.h"
#include "engine/train/detail/adamw.h"
#include "engine/train/detail/learned_factors.h"
#include "engine/train/detail/run_folder.h"
#include "engine/train/detail/trained_weights.h"
#include "engine/train/detail/training_objective.h"
#include "engine/train/packing.h"
#include "engine/train/schedule.h"
#include "engine/train/training_plan.h"
#include "engine/train/training_text.h"

namespace ropescope::detail {

class TrainingRun {
public:
    // Checks the plan, opens the output folder, loads or makes the weights, and restores the newest checkpoint.
    TrainingRun(const TrainingPlan& plan, const TrainingText& text, const TrainingEvents& events,
                const RunControl& control);
    // The remaining steps, and the model in the output folder. A stop request leaves a checkpoint behind.
    [[nodiscard]] TrainingReport finish();

private:
    struct StepResult {
        double loss = 0, gradientNorm = 0, learningRate = 0;
    };

    void openTexts();
    void chooseFactors();
    [[nodiscard]] std::string modelIdentityText() const;
    void openFolder();
    void loadWeights(const std::filesystem::path& folder);
    void makeFirstWeights();
    void restore(const RunFolder::Saved& saved);

    [[nodiscard]] const TrainingStage& stageAt(std::int64_t step) const;
    [[nodiscard]] std::vector<WindowStart> windowsOf(std::int64_t step) const;
    [[nodiscard]] at::Tensor sequences(const std::vector<WindowStart>& windows, std::int64_t length) const;
    [[nodiscard]] StepResult trainStep();
    void requireNumbers(const StepResult& result) const;
    void report(const StepResult& result, double seconds, double tokens) const;

    void saveCheckpoint();
    void saveModel() const;
    void writeModelFiles(const std::filesystem::path& folder, StoredType type) const;
    [[nodiscard]] TrainingReport finished(double seconds, double tokens) const;
    [[nodiscard]] std::int64_t tokensAt(std::int64_t step) const;

    const TrainingPlan& m_plan;
    const TrainingText& m_text;
    const TrainingEvents& m_events;
    const RunControl& m_control;

    std::vector<TrainingStage> m_stages;
    std::vector<Packing> m_packings; // one a stage
    std::filesystem::path m_source;  // whose configuration and tokenizer files are passed on
    ModelConfig m_config;
    ComputeDevice m_device;
    FactorSet m_factors; // frozen ones, or where learning starts
    std::unique_ptr<LearningRateSchedule> m_schedule;
    nlohmann::json m_planJson;
    std::optional<RunFolder> m_folder;

    std::shared_ptr<Network> m_network;
    std::unique_ptr<TrainedWeights> m_weights;
    std::unique_ptr<AdamW> m_optimizer;
    std::unique_ptr<LearnedFactors> m_learned; // null: frozen
    std::unique_ptr<TrainingObjective> m_objective;

    std::int64_t m_step = 0, m_saved = 0, m_resumedFrom = 0;
    std::vector<double> m_losses;
    double m_smoothed = 0;      // exponential mean, not yet divided by its weight
    double m_secondsBefore = 0; // of earlier runs
    std::chrono::steady_clock::time_point m_started;
};

} // namespace ropescope::detail
