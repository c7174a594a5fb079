#include "app/cli/training_output.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ropescope::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

std::string bytesText(std::int64_t bytes) {
    return bytes < 1'000'000'000 ? fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6)
                                 : fmt::format("{:.2f} GB", static_cast<double>(bytes) / 1e9);
}

std::string durationText(double seconds) {
    if (seconds < 120)
        return fmt::format("{:.0f} s", std::ceil(seconds));
    if (seconds < 2 * 3600)
        return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

json toJson(const TrainingEstimate& estimate) {
    const TrainingMemory& memory = estimate.memory;
    return {{"device", estimate.device},
            {"parameters", estimate.parameters},
            {"trained_parameters", estimate.trainedParameters},
            {"tokens", estimate.tokens},
            {"operations", estimate.operations},
            {"seconds", estimate.seconds ? json(*estimate.seconds) : json()},
            {"memory_bytes",
             {{"weights", memory.weights},
              {"gradients", memory.gradients},
              {"optimizer", memory.optimizer},
              {"activations", memory.activations},
              {"total", memory.total()}}},
            {"available_bytes", estimate.availableBytes},
            {"fits", estimate.fits()},
            {"advice", estimate.advice}};
}

} // namespace

void TrainingLines::show(const TrainingStep& step) {
    const auto now = Clock::now();
    if (step.step != 1 && step.step != step.steps && now - m_last < std::chrono::seconds(5))
        return;
    m_last = now;
    m_console.message(fmt::format(
        "step {} of {}{}: loss {:.4f} (smoothed {:.4f}), rate {:.3g}, gradient norm {:.3g}, "
        "{:.0f} tokens/s, {:.0f} s left",
        step.step, step.steps, step.stages > 1 ? fmt::format(", stage {} of {}", step.stage, step.stages) : "",
        step.loss, step.smoothedLoss, step.learningRate, step.gradientNorm, step.tokensPerSecond, step.secondsLeft));
}

std::string estimateText(const TrainingEstimate& estimate) {
    const TrainingMemory& memory = estimate.memory;
    std::string text =
        fmt::format("{} of {} parameters are trained on {} tokens: {:.3g} operations", estimate.trainedParameters,
                    estimate.parameters, estimate.tokens, estimate.operations);
    if (estimate.seconds)
        text += fmt::format(", about {} on this machine ({})", durationText(*estimate.seconds), estimate.device);
    text += fmt::format("\nmemory about {}: weights {}, gradients {}, optimizer {}, activations {}",
                        bytesText(memory.total()), bytesText(memory.weights), bytesText(memory.gradients),
                        bytesText(memory.optimizer), bytesText(memory.activations));
    if (estimate.availableBytes > 0)
        text += fmt::format("; available {}", bytesText(estimate.availableBytes));
    return estimate.fits() ? text : text + "\nthis may not fit: " + estimate.advice;
}

void showEstimate(const TrainingEstimate& estimate, const CommonOptions& common, Console& console) {
    if (common.json)
        console.printJson(toJson(estimate));
    else
        console.print(estimateText(estimate));
}

void showReport(const TrainingReport& report, const TrainingEstimate& estimate, const CommonOptions& common,
                Console& console) {
    if (!common.json) {
        console.print(fmt::format("{} steps, {} tokens in {:.1f} s ({:.0f} tokens/s): loss {:.4f} -> {:.4f}\n{}",
                                  report.steps, report.tokens, report.seconds, report.tokensPerSecond,
                                  report.losses.front(), report.losses.back(), report.output.string()));
        return;
    }
    json object{{"steps", report.steps},
                {"tokens", report.tokens},
                {"resumed_from", report.resumedFrom},
                {"losses", report.losses},
                {"first_loss", report.losses.front()},
                {"last_loss", report.losses.back()},
                {"seconds", report.seconds},
                {"tokens_per_second", report.tokensPerSecond},
                {"output", report.output.string()},
                {"estimate", toJson(estimate)}};
    if (report.learnedFactors) {
        object["factors"] = report.learnedFactors->factors;
        object["attention_factor"] = report.learnedFactors->attentionFactor;
    }
    console.printJson(object);
}

} // namespace ropescope::cli
