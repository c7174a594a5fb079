// What a training run minimises, step by step. Sibling types behind one interface; the run knows nothing of what they
// do with its sequences.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/network.h"
#include "engine/rope/factor_set.h"
#include "engine/train/detail/learned_factors.h"
#include "engine/train/packing.h"

namespace ropescope::detail {

// All sequences of one optimizer step.
struct StepSequences {
    std::int64_t step = 0;    // counted from 0
    std::int64_t perPass = 1; // sequences in a forward pass; divides their number
    std::int64_t patch = 1;   // of patch-level training
    std::vector<WindowStart> starts;
    at::Tensor ids; // [sequences, length] int64 on the host

    [[nodiscard]] std::int64_t passes() const { return ids.size(0) / perPass; }
};

class TrainingObjective {
public:
    virtual ~TrainingObjective() = default;
    // Adds the gradients of the step's loss to every tensor that collects some and returns the loss. Raises; notices a
    // stop request between layers.
    [[nodiscard]] virtual double addGradients(const StepSequences& step) = 0;
};

// What objectives work with. It belongs to the run, which outlives them.
struct ObjectiveParts {
    const ModelConfig& config;
    const BlockMath& math; // the trained weights'; differentiable
    const ComputeDevice& device;
    const FactorSet& factors; // frozen ones
    std::stop_token stop;
};

// Mean NLL of the next tokens, in patches where the step says so. `learned` collects the factors' gradients; null:
// the factors are frozen.
[[nodiscard]] std::unique_ptr<TrainingObjective> nextTokens(const Network& network, const ObjectiveParts& parts,
                                                            LearnedFactors* learned);

// Mean NLL of tokens that were replaced by the vocabulary's last id, each with the chance `share`, read in both
// directions. Raises an input error where that id is in the text.
[[nodiscard]] std::unique_ptr<TrainingObjective> maskedTokens(const Network& network, const ObjectiveParts& parts,
                                                              double share, std::uint64_t seed);

// Mean NLL of the next tokens; a `share` of the passes, drawn by `seed` and step, reads its tokens in sequences of
// `shortLength` under `shortFactors`.
[[nodiscard]] std::unique_ptr<TrainingObjective> mixedWindows(const Network& network, const ObjectiveParts& parts,
                                                              FactorSet shortFactors, std::int64_t shortLength,
                                                              double share, std::uint64_t seed);

} // namespace ropescope::detail
