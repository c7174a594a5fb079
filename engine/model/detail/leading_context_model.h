// A CEPE model that takes its context from the beginning of every sequence.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/model/context_model.h"
#include "engine/model/detail/cepe_network.h"
#include "engine/model/detail/torch_language_model.h"

namespace ropescope::detail {

// The CEPE network of a model that reads no context yet; raises a usage error for any other model.
[[nodiscard]] std::shared_ptr<CepeNetwork> cepeNetwork(const TorchLanguageModel* model);

// `model` in view of a context. Raises.
[[nodiscard]] std::shared_ptr<TorchLanguageModel> modelInContext(const TorchLanguageModel& model,
                                                                 const Context& context, ContextKeyMemory memory,
                                                                 const std::stop_token& stop);

class LeadingContextModel final : public LanguageModel {
public:
    LeadingContextModel(std::shared_ptr<TorchLanguageModel> model, std::int64_t tokens, std::int64_t chunk);

    [[nodiscard]] const ModelConfig& config() const override { return m_model->config(); }
    [[nodiscard]] std::string deviceName() const override { return m_model->deviceName(); }
    [[nodiscard]] ComputeType computeType() const override { return m_model->computeType(); }
    [[nodiscard]] std::int64_t parameters() const override { return m_model->parameters(); }
    [[nodiscard]] Outcome<std::vector<std::vector<float>>>
    tokenNll(std::span<const NllQuery> queries, const AttentionForm& attention, const RunControl& control) override;
    [[nodiscard]] std::unique_ptr<DecodingSession> startDecoding(const FactorSet& factors,
                                                                 const AttentionForm& attention) override;
    [[nodiscard]] Outcome<NllGradient> nllGradient(std::span<const TokenId> ids, const FactorSet& factors,
                                                   const AttentionForm& attention, const RunControl& control) override;
    [[nodiscard]] std::int64_t peakMemoryBytes() const override { return m_model->peakMemoryBytes(); }
    void resetPeakMemory() override { m_model->resetPeakMemory(); }

private:
    // The model in view of the first tokens of ids.
    [[nodiscard]] std::shared_ptr<TorchLanguageModel> reading(std::span<const TokenId> ids, ContextKeyMemory memory,
                                                              const std::stop_token& stop) const;

    std::shared_ptr<TorchLanguageModel> m_model;
    std::size_t m_tokens;
    std::int64_t m_chunk;
};

} // namespace ropescope::detail
