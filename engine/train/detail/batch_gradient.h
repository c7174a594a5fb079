// The loss of a batch of sequences, in tokens or in patches, and its gradients.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/model/detail/backward.h"
#include "engine/model/detail/network.h"
#include "engine/model/detail/rotary.h"

namespace ropescope::detail {

// Patch-level training (arXiv 2407.12665, section 2): a patch is `patch` consecutive tokens; its embedding is the mean
// of theirs; positions count patches; the distribution at a patch is scored against each token of the next one. With
// patch = 1 this is the ordinary next-token loss. As in the ordinary one there is no padding: every token counts, that
// of a padding id included, whose embedding learns like any other (PyTorch's padding_idx would keep it).

// [batch, positions, hidden] to [batch, positions / patch, hidden].
[[nodiscard]] at::Tensor patchEmbeddings(const at::Tensor& embedded, std::int64_t patch);

// labels [batch, positions] to [batch, patches - 1, patch]: what every patch but the last predicts. A label of
// noTarget drops the target only.
[[nodiscard]] at::Tensor patchTargets(const at::Tensor& labels, std::int64_t patch);

// Weights that make the sum over targets [..., slots] the mean over the slots of each slot's mean. Raises an input
// error where a slot has no target at all.
[[nodiscard]] std::vector<double> slotWeights(const at::Tensor& targets);

struct BatchOfSequences {
    at::Tensor ids;    // [batch, positions] int64, on the network's device
    at::Tensor labels; // the same shape; usually the ids themselves
    std::int64_t patch = 1;
    std::vector<double> slotWeights;    // of all batches whose gradients are added up
    const ModelConfig* model = nullptr; // whose sliding window the layers keep to; null: none
};

// backward() from tokens embedded with their graph, on to the embedding's weights where they are trained. The loss.
[[nodiscard]] double backwardToEmbedding(const Network& network, const at::Tensor& embedded, const ForwardPass& pass,
                                         const LossHead& head);

// Adds d loss / d weight to every tensor that collects gradients, and returns this batch's part of the loss.
[[nodiscard]] double addGradients(const Network& network, const BlockMath& math, RotarySource& rotary,
                                  const BatchOfSequences& batch, at::ScalarType type, const std::stop_token& stop);

} // namespace ropescope::detail
