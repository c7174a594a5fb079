#include "engine/train/detail/slice_timing.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/network.h"
#include "engine/model/detail/rotary.h"
#include "engine/model/detail/weight_loader.h"
#include "engine/model/required_tensors.h"
#include "engine/train/detail/adamw.h"
#include "engine/train/detail/batch_gradient.h"
#include "engine/train/detail/lora_weights.h"

namespace ropescope::detail {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double longEnough = 0.3; // seconds
constexpr std::int64_t firstPositions = 64;
constexpr double initialDeviation = 0.02;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::int64_t elementsOf(const TensorShape& tensor) {
    return std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>());
}

// A network whose weights are read from one buffer of zeros, then drawn.
std::unique_ptr<Network> randomNetwork(const ModelConfig& config, const ComputeDevice& device,
                                       const RunControl& control) {
    const std::vector<TensorShape> shapes = requiredTensors(config);
    std::int64_t largest = 0;
    for (const TensorShape& shape : shapes)
        largest = std::max(largest, elementsOf(shape));
    const std::vector<float> zeros(static_cast<std::size_t>(largest));
    Checkpoint::Content content;
    content.path = config.sourcePath;
    for (const TensorShape& shape : shapes) {
        StoredTensor tensor;
        tensor.name = shape.name;
        tensor.shape = shape.shape;
        tensor.bytes = std::as_bytes(std::span(zeros).first(static_cast<std::size_t>(elementsOf(shape))));
        content.tensors.push_back(std::move(tensor));
    }
    WeightLoader loader(std::make_shared<const Checkpoint>(std::move(content)), at::kFloat, device.device,
                        {control.stop, {}});
    return buildNetwork(config, loader);
}

class Drawing final : public ParameterVisitor {
public:
    void linear(Linear& layer) override { layer.weight.normal_(0, initialDeviation); }
    void rmsNorm(RmsNorm& norm) override { norm.weight.fill_(1); }
    void layerNorm(LayerNorm& norm) override { norm.weight.fill_(1); }
};

} // namespace

SliceTiming timeSlice(const ModelConfig& slice, const TrainingPlan& plan, const TrainingStage& stage,
                      const ComputeDevice& device, const RunControl& control) {
    std::unique_ptr<Network> network;
    {
        const at::NoGradGuard noGraph;
        network = randomNetwork(slice, device, control);
        Drawing drawing;
        network->visit(drawing);
    }
    const auto* lora = std::get_if<LoraMethod>(&plan.method);
    const std::unique_ptr<TrainedWeights> weights =
        lora ? trainAdapters(*network, *lora, plan.seed) : trainAll(*network);
    AdamW optimizer(weights->trained(), plan.optimizer);
    const FactorSet factors = configuredFactors(slice, plan.length);
    const std::array sets{&factors};
    FactorRotary rotary(slice.rope, sets);
    const auto synchronised = [&] { return weights->trained().front().value.grad().sum().item<float>(); };

    SliceTiming timing;
    const std::int64_t positions = stage.length / stage.patch;
    timing.sequences = 1;
    timing.positions = std::min(positions, firstPositions);
    std::optional<double> first;
    for (int round = 0;; ++round) {
        throwIfStopped(control.stop);
        const at::Tensor ids =
            at::randint(0, slice.vocabulary, {timing.sequences, timing.positions * stage.patch}, at::kLong)
                .to(device.device);
        optimizer.clearGradients();
        const auto started = Clock::now();
        (void)addGradients(*network, weights->math(), rotary,
                           {ids, ids, stage.patch, slotWeights(patchTargets(ids, stage.patch)), &slice}, device.type,
                           control.stop);
        (void)synchronised();
        timing.passSeconds = secondsSince(started);
        const bool whole = timing.positions == positions && timing.sequences == plan.batch;
        // The first pass makes buffers and chooses kernels.
        if (round > 0 && (whole || timing.passSeconds >= longEnough)) {
            // Once more at this size; other work on the machine only ever slows a pass down.
            if (first) {
                timing.passSeconds = std::min(timing.passSeconds, *first);
                break;
            }
            first = timing.passSeconds;
            continue;
        }
        if (round > 0 && timing.positions < positions)
            timing.positions = std::min(positions, 4 * timing.positions);
        else if (round > 0)
            timing.sequences = std::min(plan.batch, 4 * timing.sequences);
    }
    const auto started = Clock::now();
    optimizer.step(1e-9);
    (void)weights->trained().front().value.sum().item<float>();
    timing.updateSeconds = secondsSince(started);
    for (const TrainedTensor& tensor : weights->trained())
        timing.updated += tensor.value.numel();
    return timing;
}

} // namespace ropescope::detail
