#include "engine/model/detail/torch_language_model.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/base/warning.h"
#include "engine/model/detail/backward.h"
#include "engine/model/detail/device_memory.h"
#include "engine/model/detail/failure.h"
#include "engine/model/detail/inference_math.h"
#include "engine/model/detail/learnable_rotary.h"
#include "engine/model/detail/process_memory.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {
namespace {

// Tokens in one batch of sequences: enough for efficient matrix products, and no more memory than one sequence of
// this length takes.
constexpr std::size_t batchTokens = 4096;

// How many of the first queries, all of one length, make one batch.
std::size_t batchSize(std::span<const NllQuery> queries) {
    const std::size_t length = queries.front().ids.size();
    const std::size_t most = std::max<std::size_t>(1, batchTokens / length);
    std::size_t count = 1;
    while (count < std::min(most, queries.size()) && queries[count].ids.size() == length)
        ++count;
    return count;
}

constexpr const char* memoryAdvice =
    "choose a shorter length, --dtype bf16, a smaller model or a machine with more memory";

void requirePredictions(std::span<const TokenId> ids) {
    if (ids.size() < 2)
        raise(usageError(fmt::format("a sequence of {} token(s) predicts nothing: at least 2 are needed", ids.size())));
}

// A forward pass that can't fit is refused before it begins: on Linux an allocation beyond memory ends the process
// instead of failing. Counts the residual stream and what one layer's attention holds beside it.
void checkMemory(const Network& network, const ModelConfig& config, std::int64_t tokens, const ComputeDevice& device) {
    if (!device.device.is_cpu())
        return;
    const std::int64_t heads = config.heads + 2 * static_cast<std::int64_t>(config.kvHeads);
    const std::int64_t perToken = 3 * static_cast<std::int64_t>(config.hidden) +
                                  (heads + 2 * static_cast<std::int64_t>(config.heads)) * config.rope.headDim;
    const std::int64_t bytes = tokens * perToken * static_cast<std::int64_t>(network.head().weight.element_size());
    if (const std::int64_t available = availableBytes(); bytes > available)
        raise(failure(fmt::format("{} tokens need about {:.1f} GB of memory beside the model, {:.1f} GB are free: {}",
                                  tokens, static_cast<double>(bytes) / 1e9, static_cast<double>(available) / 1e9,
                                  memoryAdvice)));
}

} // namespace

void checkFactors(const ModelConfig& config, const FactorSet& factors) {
    if (factors.factors.size() != static_cast<std::size_t>(config.rope.pairs()))
        raise(usageError(fmt::format("factors {}: expected {} (one per rotary pair of this model), found {}",
                                     factors.origin, config.rope.pairs(), factors.factors.size())));
    const auto good = [](double value) { return std::isfinite(value) && value != 0; };
    for (std::size_t pair = 0; pair < factors.factors.size(); ++pair)
        if (!good(factors.factors[pair]))
            raise(usageError(fmt::format("factors {}: pair {}: expected a finite factor other than 0, found {}",
                                         factors.origin, pair, factors.factors[pair])));
    if (!good(factors.attentionFactor))
        raise(usageError(fmt::format("factors {}: expected a finite attention factor other than 0, found {}",
                                     factors.origin, factors.attentionFactor)));
}

at::Tensor idTensor(const ModelConfig& config, std::span<const TokenId> ids) {
    at::Tensor tensor = at::empty({1, static_cast<std::int64_t>(ids.size())}, at::kLong);
    auto* const out = tensor.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] < 0 || ids[i] >= config.vocabulary)
            raise(inputError("text", fmt::format("token {}", i),
                             fmt::format("an id from 0 to {} (the model's vocabulary)", config.vocabulary - 1),
                             fmt::format("{}", ids[i])));
        out[i] = ids[i];
    }
    return tensor;
}

TorchLanguageModel::TorchLanguageModel(ModelConfig config, ComputeDevice device, std::shared_ptr<Network> network,
                                       std::int64_t parameters)
    : m_config(std::move(config)), m_device(std::move(device)), m_network(std::move(network)),
      m_parameters(parameters) {}

void TorchLanguageModel::noteWindow(const AttentionForm& form, std::int64_t length) const {
    if (!std::holds_alternative<FullAttention>(form) || !m_config.slidingWindow || length <= *m_config.slidingWindow)
        return;
    std::call_once(m_windowNoted, [&] {
        warn(fmt::format(
            "{}: beyond {} tokens the model's own sliding window applies, as in training: {} sees the last "
            "{} tokens only. Set sliding_window to null in its configuration to attend to all of them",
            m_config.sourcePath, *m_config.slidingWindow,
            m_config.fullLayers.empty() ? "every layer" : "a layer with a window", *m_config.slidingWindow));
    });
}

ComputeType TorchLanguageModel::computeType() const {
    return m_device.type == at::kBFloat16 ? ComputeType::bf16 : ComputeType::fp32;
}

std::vector<std::vector<float>> TorchLanguageModel::batchNll(std::span<const NllQuery> queries,
                                                             const AttentionForm& attention,
                                                             const RunControl& control) {
    std::vector<at::Tensor> rows;
    std::vector<const FactorSet*> sets;
    for (const NllQuery& query : queries) {
        rows.push_back(idTensor(m_config, query.ids));
        sets.push_back(query.factors);
    }
    if (std::all_of(sets.begin(), sets.end(), [&](const FactorSet* set) { return *set == *sets.front(); }))
        sets.resize(1);
    const at::Tensor ids = at::cat(rows).to(m_device.device);
    FactorRotary rotary(m_config.rope, sets);
    const std::unique_ptr<Attention> form =
        makeAttention(attention, {rotary, m_network->layers(), m_device.type, m_device.device, &m_config});
    const BlockMath& math = inferenceMath(m_device.device);
    checkMemory(*m_network, m_config, ids.numel(), m_device);
    const at::Tensor hidden = runLayers(*m_network, m_network->embed(ids), {math, *form, control.stop});
    return chunkedNll(*m_network, hidden, ids, math, control.stop);
}

Outcome<std::vector<std::vector<float>>> TorchLanguageModel::tokenNll(std::span<const NllQuery> queries,
                                                                      const AttentionForm& attention,
                                                                      const RunControl& control) {
    return guarded<std::vector<std::vector<float>>>(memoryAdvice, [&] {
        const c10::InferenceMode inference;
        for (const NllQuery& query : queries) {
            if (!query.factors)
                raise(usageError("a query names no factor set"));
            checkFactors(m_config, *query.factors);
            noteWindow(attention, static_cast<std::int64_t>(query.ids.size()));
            requirePredictions(query.ids);
        }
        std::vector<std::vector<float>> result;
        std::size_t largest = queries.size();
        while (result.size() < queries.size()) {
            throwIfStopped(control.stop);
            const std::span<const NllQuery> rest = queries.subspan(result.size());
            const std::size_t count = std::min(largest, batchSize(rest));
            try {
                for (std::vector<float>& values : batchNll(rest.first(count), attention, control))
                    result.push_back(std::move(values));
            } catch (const std::exception& exception) {
                if (count == 1 || !isOutOfMemory(exception))
                    throw;
                largest = count / 2;
            }
        }
        return result;
    });
}

std::unique_ptr<DecodingSession> TorchLanguageModel::startDecoding(const FactorSet& factors,
                                                                   const AttentionForm& attention) {
    return makeDecodingSession(*this, factors, attention);
}

Outcome<NllGradient> TorchLanguageModel::nllGradient(std::span<const TokenId> ids, const FactorSet& factors,
                                                     const AttentionForm& attention, const RunControl& control) {
    return guarded<NllGradient>(memoryAdvice, [&] {
        checkFactors(m_config, factors);
        requirePredictions(ids);
        noteWindow(attention, static_cast<std::int64_t>(ids.size()));
        const at::Tensor tokens = idTensor(m_config, ids).to(m_device.device);
        LearnableRotary rotary(m_config.rope, factors);
        const std::unique_ptr<Attention> form =
            makeAttention(attention, {rotary, m_network->layers(), m_device.type, m_device.device, &m_config});
        const BackwardPass pass = backward(*m_network, m_network->embed(tokens), {plainMath(), *form, control.stop},
                                           meanNllHead(*m_network, tokens, control.stop));
        LearnableRotary::Gradient gradient = rotary.gradient();
        return NllGradient{pass.loss, std::move(gradient.byLogFactor), gradient.byAttentionFactor};
    });
}

std::int64_t TorchLanguageModel::peakMemoryBytes() const {
    return peakBytes(m_device.device);
}

void TorchLanguageModel::resetPeakMemory() {
    resetPeakBytes(m_device.device);
}

} // namespace ropescope::detail
