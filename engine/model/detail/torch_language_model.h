// LanguageModel over a Network: checks requests, batches queries, guards the border.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "engine/model/detail/compute_device.h"
#include "engine/model/detail/network.h"
#include "engine/model/language_model.h"

namespace ropescope::detail {

class TorchLanguageModel final : public LanguageModel {
public:
    TorchLanguageModel(ModelConfig config, ComputeDevice device, std::shared_ptr<Network> network,
                       std::int64_t parameters);

    [[nodiscard]] const ModelConfig& config() const override { return m_config; }
    [[nodiscard]] std::string deviceName() const override { return m_device.name; }
    [[nodiscard]] ComputeType computeType() const override;
    [[nodiscard]] std::int64_t parameters() const override { return m_parameters; }
    [[nodiscard]] Outcome<std::vector<std::vector<float>>>
    tokenNll(std::span<const NllQuery> queries, const AttentionForm& attention, const RunControl& control) override;
    [[nodiscard]] std::unique_ptr<DecodingSession> startDecoding(const FactorSet& factors,
                                                                 const AttentionForm& attention) override;
    [[nodiscard]] Outcome<NllGradient> nllGradient(std::span<const TokenId> ids, const FactorSet& factors,
                                                   const AttentionForm& attention, const RunControl& control) override;
    [[nodiscard]] std::int64_t peakMemoryBytes() const override;
    void resetPeakMemory() override;

    [[nodiscard]] const Network& network() const { return *m_network; }
    [[nodiscard]] const std::shared_ptr<Network>& sharedNetwork() const { return m_network; }
    [[nodiscard]] const ComputeDevice& device() const { return m_device; }
    // Warns, once a model, that a sequence of this length meets the model's sliding window.
    void noteWindow(const AttentionForm& form, std::int64_t length) const;

private:
    // Consecutive queries of one length as one forward pass.
    [[nodiscard]] std::vector<std::vector<float>> batchNll(std::span<const NllQuery> queries,
                                                           const AttentionForm& attention, const RunControl& control);

    ModelConfig m_config;
    ComputeDevice m_device;
    std::shared_ptr<Network> m_network;
    std::int64_t m_parameters;
    mutable std::once_flag m_windowNoted;
};

// Raises a usage error unless the factor set has one positive, finite factor per rotary pair and a positive,
// finite attention factor.
void checkFactors(const ModelConfig& config, const FactorSet& factors);
// Ids as an int64 tensor [1, n] on the host; raises an input error on an id outside the vocabulary.
[[nodiscard]] at::Tensor idTensor(const ModelConfig& config, std::span<const TokenId> ids);

[[nodiscard]] std::unique_ptr<DecodingSession>
makeDecodingSession(const TorchLanguageModel& model, const FactorSet& factors, const AttentionForm& attention);

} // namespace ropescope::detail
